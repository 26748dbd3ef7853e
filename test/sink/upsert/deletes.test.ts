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
  const table = `d${++number}`
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

const KEYED = 'CREATE TABLE $t (id int PRIMARY KEY, seq int, name text NOT NULL CHECK (name <> $$bad$$))'
const FILLED = `${KEYED}; INSERT INTO $t SELECT n, n, 'row' FROM generate_series(1, 6) n`

describe.each(WAYS)('records that delete rows, written $way', (way) => {
  it('remove the row of their key, and need nothing else', async () => {
    const {
      counts: found,
      rows,
      letters,
    } = await apply(
      FILLED,
      [
        {op: 'delete', id: 1},
        {op: 'D', id: 2, name: null},
        {op: 'd', id: 3, name: 'bad', seq: 'no number'},
        {op: 'Delete', id: 4, name: 7, unknown: true},
        {op: 'd', id: 99},
        {op: 'u', id: 5, name: 'new'},
        {op: 'c', id: 7, name: 'seven'},
        {op: 'I', id: 8, name: 'eight'},
        {op: 'r', id: 9, name: 'nine'},
        {op: 'upsert', id: 10, name: 'ten'},
      ],
      way,
    )
    expect(letters).toEqual([])
    expect(found).toEqual(counts({inserted: 4, updated: 1, deleted: 4, alreadyGone: 1}))
    expect(rows.map(({id, name}) => `${id} ${name}`)).toEqual([
      ...['5 new', '6 row', '7 seven', '8 eight', '9 nine', '10 ten'],
    ])
  })

  it('are written in the order of the queue', async () => {
    const {counts: found, rows} = await apply(
      FILLED,
      [
        {op: 'u', id: 1, name: 'a'},
        {op: 'd', id: 1},
        {op: 'd', id: 2},
        {op: 'c', id: 2, name: 'again'},
        {op: 'd', id: 3},
        {op: 'D', id: 3},
        {op: 'c', id: 7, name: 'seven'},
        {op: 'd', id: 7},
        {op: 'c', id: 7, name: 'seven again'},
      ],
      way,
    )
    expect(rows.map(({id, seq, name}) => `${id} ${seq} ${name}`)).toEqual([
      ...['2 null again', '4 4 row', '5 5 row', '6 6 row', '7 null seven again'],
    ])
    expect(found).toEqual(counts({inserted: 3, updated: 1, deleted: 4, superseded: 1}))
  })

  it('with --newest-by remove only an older row', async () => {
    const {counts: found, rows} = await apply(
      `${FILLED}; INSERT INTO $t VALUES (7, NULL, 'no age')`,
      [
        {op: 'd', id: 1, seq: 2},
        {op: 'd', id: 2, seq: 2},
        {op: 'd', id: 3, seq: 1},
        {op: 'd', id: 4},
        {op: 'd', id: 5, seq: 9},
        {op: 'u', id: 5, seq: 7, name: 'before'},
        {op: 'u', id: 6, seq: 9, name: 'after'},
        {op: 'd', id: 6, seq: 8},
        {op: 'd', id: 7, seq: 1},
        {op: 'd', id: 99, seq: 1},
      ],
      way,
      {newestBy: 'seq'},
    )
    expect(rows.map(({id, name}) => `${id} ${name}`)).toEqual(['2 row', '3 row', '4 row', '6 after'])
    expect(found).toEqual(counts({deleted: 4, updated: 1, inserted: 1, alreadyThere: 3, alreadyGone: 1}))
  })

  it('with --newest-by come after an older record that is no plain row', async () => {
    const late = '{"op":"u","id":1,"seq":" 2","name":"late"}'
    const {counts: found, rows} = await apply(FILLED, [{op: 'd', id: 1, seq: 3}, late], way, {
      newestBy: 'seq',
    })
    expect(rows.map(({id}) => id)).toEqual([2, 3, 4, 5, 6])
    expect(found).toEqual(counts({updated: 1, deleted: 1}))
  })

  it('that do not say what they do, or of which row, are dead letters alone', async () => {
    const {
      counts: found,
      letters,
      rows,
    } = await apply(
      FILLED,
      [
        {id: 1, name: 'no op'},
        {op: null, id: 2, name: 'null'},
        {op: 'truncate', id: 3, name: 'unknown'},
        {op: 1, id: 4, name: 'number'},
        '{"op":{"d":1},"id":4,"name":"object"}',
        {op: 'd'},
        {op: 'd', id: null},
        {op: 'd', id: 'no number'},
        {op: 'd', id: 6},
      ],
      way,
    )
    expect(found).toEqual(counts({deleted: 1}))
    expect(rows.map(({id}) => id)).toEqual([1, 2, 3, 4, 5])
    const expected =
      'expected "op" to say what the record does, as insert, update, upsert or delete (or c, r, i, u, d): '
    expect(letters.map(({code, message}) => `${code} ${message}`).sort()).toEqual(
      [
        ...['the record has no such field', 'got null', 'got "truncate"', 'got 1', 'got {"d":1}'].map(
          (got) => `UNKNOWN_OP ${expected}${got}`,
        ),
        'NO_KEY a delete needs the key of its row, and the record gives no value for "id"',
        'NO_KEY a delete needs the key of its row, and the record gives no value for "id"',
        '22P02 invalid input syntax for type integer: "no number"',
      ].sort(),
    )
  })
})
