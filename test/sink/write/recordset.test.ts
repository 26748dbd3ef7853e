import {expect, it} from 'vitest'
import {testSink, useServers, withClient} from '../../support/context.ts'
import {drainInto} from '../../support/drain-into.ts'

const context = useServers()

/** The statements for a table of these columns, and the index of each column. */
async function statements(table: string, sql: string) {
  await context.pool.query(sql)
  const sink = await testSink(context, table)
  return {sink, set: sink.recordset({columns: sink.table.columns.map((_, i) => i)})}
}

it('its queries and its insert read each value under an alias, as the column takes it', async () => {
  const {sink, set} = await statements(
    'aliased',
    `CREATE TABLE aliased_parent (id int PRIMARY KEY); INSERT INTO aliased_parent VALUES (1);
CREATE TABLE aliased (id int PRIMARY KEY, parent int REFERENCES aliased_parent, size int CHECK (size > 0), name text NOT NULL)`,
  )
  const records = [
    {c0: 1, c1: 1, c2: 1, c3: 'good'},
    {c0: 'x', c1: 1, c2: 1, c3: 'no number'},
    {c0: 3, c1: 1, c2: 1},
    {c0: 4, c1: 2, c2: 1, c3: 'no parent'},
    {c0: 5, c1: 1, c2: 0, c3: 'no size'},
  ]
  await withClient(context, async (client) => {
    const all = JSON.stringify(records)
    const missing = ['3', 3, '23502']
    // Before Postgres 16 the server can report only missing values for a set; the others are found by converting them
    const said = sink.judgesTypes ? [['2', 0, '22P02'], missing] : [missing]
    const faults = await client.query(`${sink.judgesTypes ? set.faults() : set.nulls()} ORDER BY 1`, [all])
    expect(faults.rows.map(({n, col, code}) => [n, col, code])).toEqual(said)
    await expect(client.query(set.conversion([0]), [all])).rejects.toMatchObject({code: '22P02'})
    expect((await client.query(set.conversion([1, 2, 3]), [all])).rowCount).toBe(1)
    const typed = JSON.stringify([records[0], records[3], records[4]])
    const violations = await client.query(`${set.violations()} ORDER BY 1`, [typed])
    expect(violations.rows).toEqual([
      {n: '2', kind: 'f', which: 0, values: ['2']},
      {n: '3', kind: 'c', which: 0, values: null},
    ])
    expect((await client.query(set.writes.all('settle'), ['[]'])).rowCount).toBe(0)
    expect(
      (await client.query(set.writes.all('settle'), [JSON.stringify([records[0], records[0]])])).rowCount,
    ).toBe(1)
  })
})

it('two workers with the same rows in another order do not deadlock', async () => {
  const {set} = await statements('sorted', 'CREATE TABLE sorted (k text PRIMARY KEY, n int)')
  const rows = Array.from({length: 2000}, (_, i) => ({c0: `key ${i * 7919}`, c1: i}))
  const insert = (list: typeof rows) =>
    withClient(
      context,
      async (client) => (await client.query(set.writes.all('settle'), [JSON.stringify(list)])).rowCount ?? 0,
    )
  const written = await Promise.all([
    insert(rows),
    insert(rows.toReversed()),
    insert(rows),
    insert(rows.toReversed()),
  ])
  expect(written.reduce((sum, n) => sum + n, 0)).toBe(2000)
})

it('a lease of records in hundreds of shapes is written whole', async () => {
  await context.pool.query(
    `CREATE TABLE shapes (k int PRIMARY KEY, ${Array.from({length: 9}, (_, i) => `c${i} int DEFAULT -1`).join(', ')})`,
  )
  const records = Array.from({length: 512}, (_, k) => {
    const given = Array.from({length: 9}, (_, i) => [`c${i}`, (k >> i) & 1 ? k : undefined])
    return {k, ...Object.fromEntries(given)}
  })
  const {rows, letters} = await drainInto(context, 'shapes', records, {drain: {batch: 600}})
  expect(letters).toEqual([])
  const filled = (k: number, i: number) => ((k >> i) & 1 ? k : -1)
  expect(rows).toEqual(
    records.map(({k}) => ({
      k,
      ...Object.fromEntries(Array.from({length: 9}, (_, i) => [`c${i}`, filled(k, i)])),
    })),
  )
})
