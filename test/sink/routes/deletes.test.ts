import {beforeEach, describe, expect, it} from 'vitest'
import type {SinkOptions} from '../../../src/sink/sink.ts'
import {useServers} from '../../support/context.ts'
import {insertEach} from '../../support/drain-into.ts'
import {drainRouted, routedSinks} from '../../support/routed.ts'

const context = useServers()
const ROUTES = ['t=l:l', 't=o:o']

async function make(action: string): Promise<void> {
  await context.pool.query(`DROP TABLE IF EXISTS l, o; CREATE TABLE o (id int PRIMARY KEY, v int DEFAULT 7);
CREATE TABLE l (id int PRIMARY KEY, o int REFERENCES o ${action}, v int DEFAULT 7);
INSERT INTO o SELECT n, 0 FROM generate_series(1, 4) n; INSERT INTO l VALUES (1, 1, 0), (2, 2, 0), (3, 3, 0)`)
}

const order = (op: string, id: number, more = {}) => ({t: 'o', op, id, ...more})
const line = (op: string, id: number, more = {}) => ({t: 'l', op, id, ...more})

/** All rows, as text. */
async function rows(): Promise<string> {
  const {rows: found} = await context.pool.query(
    `SELECT string_agg(row, ' ' ORDER BY row) AS text FROM (SELECT format('o%s=%s', id, v) AS row FROM o
UNION ALL SELECT format('l%s>%s=%s', id, o, v) FROM l) AS rows`,
  )
  return found[0].text
}

const WAYS = ['staged', 'as a set', 'one by one'] as const

describe.each(WAYS)('deletes of parents and children in one lease, written %s', (way) => {
  async function drain(records: unknown[], options: Partial<SinkOptions> = {}) {
    const all = {onConflict: 'update', opField: 'op', records: 'all', ...options} as const
    const sinks = await routedSinks(context, ROUTES, all)
    for (const sink of sinks.all) {
      if (way !== 'staged') sink.experience.copies.left = Number.POSITIVE_INFINITY
      if (way === 'one by one') insertEach(sink)
    }
    return drainRouted(context, sinks, [{all: records}])
  }

  describe.each([
    'ON DELETE RESTRICT',
    'ON DELETE NO ACTION',
    'ON DELETE CASCADE',
    'DEFERRABLE INITIALLY DEFERRED',
  ])('with %s', (action) => {
    beforeEach(() => make(action))

    it.each([
      ['a child before its parent', [line('d', 1), order('d', 1)]],
      ['a parent before its child', [order('d', 1), line('d', 1)]],
      [
        'among others',
        [order('d', 1), order('u', 9), line('c', 9, {o: 9}), line('d', 1), line('d', 9), order('d', 9)],
      ],
    ])('%s', async (_, records) => {
      const {tally, letters} = await drain(records)
      expect(letters).toEqual([])
      expect(await rows()).toBe('l2>2=0 l3>3=0 o2=0 o3=0 o4=0')
      expect(tally.tables[`${context.schema}.o`].deleted + tally.tables[`${context.schema}.l`].deleted).toBe(
        records.filter(({op}) => op === 'd').length,
      )
    })

    it.each([
      ['in the order of the queue', [line('d', 1), order('d', 1), order('c', 1), line('c', 1, {o: 1})]],
      ['the parent after its child', [line('d', 1), order('d', 1), line('c', 1, {o: 1}), order('c', 1)]],
    ])('a row that is deleted and written again has its defaults: %s', async (_, records) => {
      const {letters} = await drain(records)
      expect(letters).toEqual([])
      expect(await rows()).toBe('l1>1=7 l2>2=0 l3>3=0 o1=7 o2=0 o3=0 o4=0')
    })

    it('a child that goes to another parent survives its old one', async () => {
      const {letters} = await drain([line('u', 1, {o: 4}), order('d', 1)])
      expect(letters).toEqual([])
      expect(await rows()).toBe('l1>4=0 l2>2=0 l3>3=0 o2=0 o3=0 o4=0')
    })
  })

  it('a delete that a foreign key refuses is a dead letter alone, and takes no child along', async () => {
    await make('ON DELETE RESTRICT')
    const records = [
      order('d', 1),
      order('d', 2),
      line('d', 2),
      line('c', 8, {o: 1}),
      line('c', 9, {o: 9}),
      order('d', 9),
    ]
    const {tally, letters} = await drain(records)
    expect(
      letters
        .map(({payload, table, reason}) => [JSON.parse(String(payload)).id, String(table).slice(-1), reason])
        .sort(),
    ).toEqual([
      [1, 'o', 'foreign_key'],
      [9, 'l', 'foreign_key'],
    ])
    expect(letters.find(({table}) => String(table).endsWith('l'))).toMatchObject({code: '23503'})
    expect(await rows()).toBe('l1>1=0 l3>3=0 l8>1=7 o1=0 o3=0 o4=0')
    expect(tally).toMatchObject({deleted: 2, inserted: 1, alreadyGone: 1, deadLettered: 2})
  })

  it('a parent whose write is refused takes its children along, and not what deletes them', async () => {
    await make('ON DELETE RESTRICT')
    const records = [
      order('c', 9, {v: 'x'}),
      line('c', 9, {o: 9}),
      line('d', 1),
      order('d', 1),
      order('d', 9),
    ]
    const {letters} = await drain(records)
    expect(letters.map(({code}) => code).sort()).toEqual(['22P02', 'PARENT_REFUSED'])
    expect(await rows()).toBe('l2>2=0 l3>3=0 o2=0 o3=0 o4=0')
  })

  it('rows of a marked parent stay', async () => {
    await make('ON DELETE RESTRICT')
    await context.pool.query('ALTER TABLE o ADD gone boolean')
    const {letters, tally} = await drain([order('d', 1), line('d', 2), line('c', 7, {o: 1})], {
      softDelete: 'gone',
    })
    expect(letters).toEqual([])
    expect(await rows()).toBe('l1>1=0 l3>3=0 l7>1=7 o1=0 o2=0 o3=0 o4=0')
    expect(tally.tables[`${context.schema}.o`]).toMatchObject({deleted: 1})
    expect((await context.pool.query('SELECT id FROM o WHERE gone')).rows).toEqual([{id: 1}])
  })
})

it('the envelope says what the records of each member do', async () => {
  await make('ON DELETE RESTRICT')
  const sinks = await routedSinks(context, ['lines[]:l', 'data.order:o'], {
    onConflict: 'update',
    opField: '$envelope.op',
  })
  const items = [
    {op: 'd', data: {order: {id: 1}}, lines: [{id: 1}, {id: 2}]},
    {op: 'c', data: {order: {id: 9}}, lines: [{id: 9, o: 9}]},
    {op: 'what', data: {order: {id: 5}}, lines: []},
  ]
  const {letters} = await drainRouted(context, sinks, items)
  expect(await rows()).toBe('l3>3=0 l9>9=7 o2=0 o3=0 o4=0 o9=7')
  const kept = '{"op":"what","data":{"order":{"id":5}},"$qtool_route":"data.order"}'
  expect(letters).toMatchObject([{code: 'UNKNOWN_OP', payload: kept, table: `${context.schema}.o`}])
})
