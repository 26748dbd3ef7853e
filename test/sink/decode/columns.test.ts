import {describe, expect, it} from 'vitest'
import {testSink, useServers} from '../../support/context.ts'
import {drainInto} from '../../support/drain-into.ts'

const context = useServers()

const LANES: Array<[string, boolean]> = [
  ['by COPY', false],
  ['by INSERT', true],
]

describe.each(LANES)('columns that records give, %s', (_, careful) => {
  const name = (table: string) => `${table}_${careful ? 'careful' : 'copy'}`

  it.each([31, 40, 200])('reach their columns among %i that have a default', async (count) => {
    const table = name(`defaults${count}`)
    const names = Array.from({length: count}, (_, i) => `c${i}`)
    await context.pool.query(
      `CREATE TABLE ${table} (id int, ${names.map((column) => `${column} int NOT NULL DEFAULT 0`).join(', ')})`,
    )
    const records = [0, 1, 2, 29, 30, 31, 32, 63, 64, 199].map((bit, id) => ({
      id,
      ...(bit < count ? {[`c${bit}`]: 1000 + bit} : {}),
      [`c${count - 1}`]: 7,
    }))
    const {rows, letters} = await drainInto(context, table, records, {careful})
    expect(letters).toEqual([])
    const wanted = records.map((record) => ({...Object.fromEntries(names.map((c) => [c, 0])), ...record}))
    expect(rows).toEqual(wanted)
  })

  it('are needed: a record that names none is a dead letter', async () => {
    const table = name('nameless')
    await context.pool.query(
      `CREATE TABLE ${table} (a int DEFAULT 1, b int DEFAULT 2, g int GENERATED ALWAYS AS (a + b) STORED)`,
    )
    const records = ['{}', '{"type":"ping"}', '{"g":5}', '{"a":null}', '{"points":[{},{"b":3},{"x":1}]}']
    const {rows, letters, tally} = await drainInto(context, table, records, {careful})
    expect(letters.map(({reason, code, payload}) => [reason, code, payload])).toEqual(
      ['{}', '{"type":"ping"}', '{"g":5}', '{}', '{"x":1}'].map((text) => ['invalid', 'NO_COLUMN', text]),
    )
    expect(rows).toEqual([
      {a: 1, b: 3, g: 4},
      {a: null, b: 2, g: null},
    ])
    expect(tally).toMatchObject({unknownKeyCount: 3, unknownKeys: {type: 1, g: 1, x: 1}})
  })

  it('are found under keys of any length and spelling', async () => {
    const table = name('spelled')
    const long = 'k'.repeat(100)
    const keys = [`${long}1`, `${long}2`, '__proto__', 'quo"te', "it's", 'ключ', 'a b', 'constructor']
    await context.pool.query(
      `CREATE TABLE ${table} (c0 int, ${keys.map((_, i) => `c${i + 1} int`).join(', ')})`,
    )
    const rename = new Map(keys.map((key, i) => [key, `c${i + 1}`]))
    const record = `{"c0":0,${keys.map((key, i) => `${JSON.stringify(key)}:${i + 1}`).join(',')}}`
    const {rows, letters} = await drainInto(context, table, [record], {
      careful,
      sink: {rename: Object.fromEntries(rename)},
    })
    expect(letters).toEqual([])
    expect(Object.values(rows[0])).toEqual([0, ...keys.map((_, i) => i + 1)])
  })

  it('are filled in by defaults of domains, of base types and of tables behind views', async () => {
    const table = name('domains')
    await context.pool.query(`
CREATE DOMAIN ${table}_status AS text DEFAULT 'new' NOT NULL; CREATE DOMAIN ${table}_sub AS ${table}_status;
CREATE TABLE ${table} (a int, status ${table}_status, sub ${table}_sub, made timestamptz NOT NULL DEFAULT '2026-01-01Z');
CREATE VIEW ${table}_view AS SELECT a, status, made FROM ${table};
ALTER VIEW ${table}_view ALTER COLUMN status SET DEFAULT 'seen'`)
    const straight = await drainInto(context, table, [{a: 1}, {a: 2, status: 'x', sub: 'y'}], {careful})
    expect(straight.letters).toEqual([])
    expect(straight.rows).toMatchObject([
      {a: 1, status: 'new', sub: 'new'},
      {a: 2, status: 'x', sub: 'y'},
    ])
    const seen = await drainInto(context, `${table}_view`, [{a: 3}, {a: 4, status: 'z'}], {careful})
    expect(seen.letters).toEqual([])
    expect(seen.rows.slice(2)).toMatchObject([
      {a: 3, status: 'seen'},
      {a: 4, status: 'z'},
    ])
    expect((seen.rows[2].made as Date).toISOString()).toBe('2026-01-01T00:00:00.000Z')
  })
})

describe('a rename that cannot do what it says is refused at the start', () => {
  it.each([
    ['two keys for one column', {a: 'x', b: 'x'}, '--rename a=x and --rename b=x both give the column "x"'],
    ['a nested key', {'customer.no': 'x'}, 'only top-level keys of a record can be renamed'],
    ['no such column', {a: 'nope'}, 'has no writable column "nope"'],
    [
      'a column that Postgres fills',
      {a: 'twice'},
      'the column "twice" is GENERATED ALWAYS: Postgres fills it',
    ],
  ])('%s', async (_, rename, message) => {
    await context.pool.query(
      'CREATE TABLE IF NOT EXISTS renamed_to (x int, y int, twice int GENERATED ALWAYS AS (x * 2) STORED)',
    )
    await expect(testSink(context, 'renamed_to', {rename})).rejects.toThrow(message)
  })
})
