import {describe, expect, it} from 'vitest'
import type {SinkOptions} from '../../../src/sink/sink.ts'
import {useServers} from '../../support/context.ts'
import {drainInto} from '../../support/drain-into.ts'

const context = useServers()
let number = 0

/** The ways in which one lease can be written; the outcome must not depend on it. */
const WAYS = [
  {way: 'staged', careful: false, each: false},
  {way: 'as a set', careful: true, each: false},
  {way: 'one by one', careful: true, each: true},
]

type Way = {careful?: boolean; each?: boolean}

async function apply(sql: string, records: unknown[], way: Way = {}, sink: Partial<SinkOptions> = {}) {
  const table = `f${++number}`
  await context.pool.query(sql.replaceAll('$t', table))
  const options = {sink: {onConflict: 'update' as const, opField: 'op', ...sink}, ...way}
  const {tally, letters, rows} = await drainInto(context, table, records, options)
  const {inserted, updated, deleted, alreadyThere, alreadyGone, superseded, suppressed} = tally
  return {
    counts: {inserted, updated, deleted, alreadyThere, alreadyGone, superseded, suppressed},
    letters,
    rows,
  }
}

/** All outcomes, of which most are 0. */
function counts(some: Record<string, number>) {
  const none = {inserted: 0, updated: 0, deleted: 0, alreadyThere: 0, alreadyGone: 0, superseded: 0}
  return {...none, suppressed: 0, ...some}
}

describe.each(WAYS)('with --soft-delete, written $way', (way) => {
  const SOFT = {softDelete: 'gone'}

  it.each([
    {type: 'boolean NOT NULL', none: false},
    {type: 'boolean NOT NULL DEFAULT true', none: false},
    {type: 'boolean', none: false},
    {type: 'timestamptz', none: null},
    {type: 'timestamp', none: null},
    {type: 'date DEFAULT now()', none: null},
  ])('a delete marks the row, and a write takes that back: $type', async ({type, none}) => {
    const before = Date.now()
    const set = type.startsWith('boolean') ? 'true' : `'2001-02-03'`
    const {
      counts: found,
      rows,
      letters,
    } = await apply(
      `CREATE TABLE $t (id int PRIMARY KEY, name text NOT NULL, gone ${type});
INSERT INTO $t SELECT n, 'row', ${none} FROM generate_series(1, 3) n; INSERT INTO $t VALUES (4, 'gone', ${set}), (5, 'gone', ${set})`,
      [
        {op: 'd', id: 1},
        {op: 'u', id: 2, name: 'new'},
        {op: 'u', id: 4, name: 'back'},
        {op: 'd', id: 5},
        {op: 'd', id: 6},
        {op: 'c', id: 7, name: 'seven'},
        {op: 'c', id: 8, name: 'eight'},
        {op: 'd', id: 8},
        {op: 'c', id: 9, name: 'said', gone: none === false ? true : '2001-02-03'},
        {op: 'c', id: 10, name: 'null', gone: null},
      ],
      way,
      SOFT,
    )
    expect(letters).toEqual([])
    const said = new Date(type === 'date DEFAULT now()' ? '2001-02-03T00:00' : '2001-02-03')
    const isGone = (value: unknown) => {
      if (value === none) return 'live'
      if (value === true) return 'gone'
      expect(value).toBeInstanceOf(Date)
      const time = (value as Date).getTime()
      if (Math.abs(time - said.getTime()) < 90_000_000) return 'gone'
      expect(time).toBeGreaterThanOrEqual(before - 90_000_000)
      return 'gone'
    }
    expect(rows.map(({id, name, gone}) => `${id} ${name} ${isGone(gone)}`)).toEqual([
      '1 row gone',
      '2 new live',
      '3 row live',
      '4 back live',
      '5 gone gone',
      '7 seven live',
      '8 eight gone',
      '9 said gone',
      '10 null live',
    ])
    expect(found).toEqual(counts({inserted: 4, updated: 2, deleted: 2, alreadyGone: 2}))
  })

  it('a write takes the mark back whatever columns it updates', async () => {
    const {rows} = await apply(
      `CREATE TABLE $t (id int PRIMARY KEY, a int, b int, gone boolean); INSERT INTO $t VALUES (1, 1, 1, true)`,
      [{op: 'u', id: 1, a: 2, b: 2}],
      way,
      {...SOFT, updateColumns: ['a']},
    )
    expect(rows).toEqual([{id: 1, a: 2, b: 1, gone: false}])
  })

  it('an older record that arrives late changes nothing', async () => {
    const table = `CREATE TABLE $t (id int PRIMARY KEY, seq int, name text, gone timestamptz)`
    const {counts: found, rows} = await apply(
      `${table}; INSERT INTO $t VALUES (1, 9, 'row', '2001-02-03'), (2, 5, 'row', NULL), (3, 5, 'row', '2001-02-03'), (4, 9, 'row', NULL)`,
      [
        {op: 'u', id: 1, seq: 8, name: 'late'},
        {op: 'd', id: 2, seq: 7},
        {op: 'u', id: 2, seq: 6, name: 'late'},
        {op: 'd', id: 3, seq: 7},
        {op: 'd', id: 4, seq: 8},
        {op: 'd', id: 5, seq: 8},
      ],
      way,
      {...SOFT, newestBy: 'seq'},
    )
    const year = (gone: unknown) => (gone instanceof Date ? gone.getFullYear() > 2001 : gone)
    expect(rows.map(({id, seq, name, gone}) => [id, seq, name, year(gone)])).toEqual([
      [1, 9, 'row', false],
      [2, 7, 'late', true],
      // It was deleted before, and a write older than the second delete must not bring it back
      [3, 7, 'row', false],
      [4, 9, 'row', null],
    ])
    expect(found).toEqual(counts({updated: 1, deleted: 2, alreadyThere: 2, alreadyGone: 1}))
  })
})
