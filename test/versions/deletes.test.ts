import {describe, expect, it} from 'vitest'
import {useServers} from '../support/context.ts'
import {drainInto} from '../support/drain-into.ts'

const context = useServers()
let number = 0

describe.each([
  ['staged', {}],
  ['as a set', {careful: true}],
  ['one by one', {careful: true, each: true}],
])('records that delete rows, written %s', (_, way) => {
  it.each([true, false])('with a column that marks deleted rows: %s', async (isSoft) => {
    const table = `v${++number}`
    await context.pool.query(`CREATE TABLE ${table} (a text, b int, seq int, gone timestamptz, PRIMARY KEY (a, b) INCLUDE (seq));
INSERT INTO ${table} SELECT 'x', n, 1 FROM generate_series(1, 5) n;
CREATE TABLE ${table}_c (a text, b int, FOREIGN KEY (a, b) REFERENCES ${table} ON DELETE RESTRICT);
INSERT INTO ${table}_c VALUES ('x', 3)`)
    const records = [
      {op: 'd', a: 'x', b: 1, seq: 2},
      {op: 'd', a: 'x', b: 2, seq: 0},
      {op: 'd', a: 'x', b: 3, seq: 2},
      {op: 'u', a: 'x', b: 4, seq: 2},
      {op: 'd', a: 'x', b: 4, seq: 3},
      {op: 'd', a: 'x', b: 9, seq: 3},
      {op: 'd', a: 'x', b: 'odd', seq: 3},
    ]
    const feed = {onConflict: 'update', opField: 'op', newestBy: 'seq'} as const
    const sink = isSoft ? {...feed, softDelete: 'gone'} : feed
    const drained = await drainInto(context, table, records, {...way, sink})
    const live = drained.rows.filter(({gone}) => gone === null).map(({b}) => b)
    expect(live.sort()).toEqual(isSoft ? [2, 5] : [2, 3, 5])
    expect(drained.rows.length).toBe(isSoft ? 5 : 3)
    const deleted = isSoft ? 3 : 2
    expect(drained.tally).toMatchObject({updated: 1, deleted, alreadyThere: 1, alreadyGone: 1})
    const reasons = drained.letters.map(({reason}) => reason).sort()
    expect(reasons).toEqual(isSoft ? ['invalid'] : ['foreign_key', 'invalid'])
  })
})
