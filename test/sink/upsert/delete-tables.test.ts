import {describe, expect, it} from 'vitest'
import type {SinkOptions} from '../../../src/sink/sink.ts'
import {useServers} from '../../support/context.ts'
import {drainInto} from '../../support/drain-into.ts'

const context = useServers()
let number = 0

const FEED = {onConflict: 'update', opField: 'op'} as const

async function make(sql: string): Promise<string> {
  const table = `e${++number}`
  await context.pool.query(sql.replaceAll('$t', table))
  return table
}

/** The ways in which one lease can be written; the outcome must not depend on it. */
const WAYS = [
  {way: 'staged', careful: false, each: false},
  {way: 'as a set', careful: true, each: false},
  {way: 'one by one', careful: true, each: true},
]

describe.each(WAYS)('tables whose rows are deleted, written $way', (way) => {
  const run = async (sql: string, records: unknown[], sink: Partial<SinkOptions> = {}) => {
    const table = await make(sql)
    return drainInto(context, table, records, {sink: {...FEED, ...sink}, ...way})
  }

  it('partitions with columns in another order', async () => {
    const {tally, rows} = await run(
      `CREATE TABLE $t (id int, v int, PRIMARY KEY (id)) PARTITION BY HASH (id);
       CREATE TABLE $t_0 PARTITION OF $t FOR VALUES WITH (MODULUS 2, REMAINDER 0);
       CREATE TABLE $t_1 (gone int, v int, id int NOT NULL); ALTER TABLE $t_1 DROP gone;
       ALTER TABLE $t ATTACH PARTITION $t_1 FOR VALUES WITH (MODULUS 2, REMAINDER 1);
       INSERT INTO $t SELECT n, 0 FROM generate_series(1, 6) n`,
      [...[1, 2, 3, 4, 5, 9].map((id) => ({op: 'd', id})), {op: 'c', id: 7, v: 7}],
    )
    expect(rows).toEqual([
      {id: 6, v: 0},
      {id: 7, v: 7},
    ])
    expect(tally).toMatchObject({deleted: 5, alreadyGone: 1, inserted: 1})
  })

  it('keys that are equal though their bytes differ', async () => {
    const {tally, rows} = await run(
      `CREATE COLLATION IF NOT EXISTS any_case (provider = icu, locale = 'und-u-ks-level2', deterministic = false);
       CREATE TABLE $t (name text COLLATE any_case PRIMARY KEY, v int); INSERT INTO $t VALUES ('B', 1), ('c', 1)`,
      [
        {op: 'd', name: 'b'},
        {op: 'c', name: 'A', v: 1},
        {op: 'd', name: 'a'},
        {op: 'd', name: 'C'},
        {op: 'c', name: 'c', v: 5},
      ],
    )
    expect(rows).toEqual([{name: 'c', v: 5}])
    expect(tally).toMatchObject({inserted: 2, deleted: 3})
  })

  it('keys whose type has its own comparison, which is not on the search path', async ({skip}) => {
    const {rows: found} = await context.pool.query(
      `SELECT FROM pg_available_extensions WHERE name = 'citext'`,
    )
    skip(found.length === 0, 'citext is not installed here')
    const schema = `${context.schema}_other`
    await context.pool.query(
      `CREATE SCHEMA IF NOT EXISTS ${schema}; CREATE EXTENSION IF NOT EXISTS citext SCHEMA ${schema}`,
    )
    const {rows: at} = await context.pool.query(
      `SELECT n.nspname AS name FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace WHERE extname = 'citext'`,
    )
    const {tally, rows} = await run(
      `CREATE TABLE $t (name ${at[0].name}.citext PRIMARY KEY); INSERT INTO $t VALUES ('Ab'), ('Cd'), ('Ef')`,
      ['aB', 'CD', 'x', 'y'].map((name) => ({op: 'd', name})),
    )
    expect(rows).toEqual([{name: 'Ef'}])
    expect(tally).toMatchObject({deleted: 2, alreadyGone: 2})
  })

  it('of the columns that a delete needs, each value is read as in a write', async () => {
    const {tally, letters, rows} = await run(
      'CREATE TABLE $t (id int PRIMARY KEY, at timestamptz, seen timestamptz); INSERT INTO $t VALUES (1), (2), (3)',
      [
        {op: 'd', id: 1, at: 1764000000, seen: 1e60},
        {op: 'd', id: 2, at: 1e60, seen: 1764000000},
        {op: 'd', id: 3, at: 'now'},
      ],
      {newestBy: 'at', time: {at: 's', seen: 's'}},
    )
    expect(tally).toMatchObject({deleted: 1, deadLettered: 2})
    expect(letters.map(({code}) => code).sort()).toEqual(['22008', 'TS_FORMAT'])
    expect(rows.map(({id}) => id)).toEqual([2, 3])
  })

  it('keys of several columns, of types that a user has made, with odd texts', async () => {
    const odd = ['', ' ', 'NULL', '\\N', '\\.', '\t\n', `'"$$`, 'é', 'e\u0301', '😀', 'a"b']
    const {tally, rows} = await run(
      `CREATE TYPE $t_mood AS ENUM ('sad', 'glad'); CREATE TABLE $t (name text, mood $t_mood, v int, UNIQUE (name, mood));
       INSERT INTO $t SELECT name, mood::$t_mood, 1 FROM json_array_elements_text('${JSON.stringify(odd).replaceAll("'", "''")}') name, (VALUES ('sad'), ('glad')) m(mood)`.replaceAll(
        '$$\\"',
        '$$$$\\"',
      ),
      odd.map((name) => ({op: 'd', name, mood: 'sad'})),
    )
    expect(rows.map(({mood}) => mood)).toEqual(odd.map(() => 'glad'))
    expect(tally).toMatchObject({deleted: odd.length, deadLettered: 0})
  })

  it('a NULL in the key names no row', async () => {
    const {tally, letters, rows} = await run(
      `CREATE TABLE $t (a int, b int, UNIQUE (a, b)); INSERT INTO $t VALUES (1, NULL), (1, 1)`,
      [
        {op: 'd', a: 1, b: null},
        {op: 'd', a: 1},
        {op: 'd', a: 1, b: 1},
      ],
    )
    expect(rows).toEqual([{a: 1, b: null}])
    expect(tally).toMatchObject({deleted: 1, deadLettered: 2})
    expect(letters).toMatchObject([{code: 'NO_KEY'}, {code: 'NO_KEY'}])
  })

  it('another unique key is free once its row is deleted', async () => {
    const {tally, rows} = await run(
      `CREATE TABLE $t (id int PRIMARY KEY, mail text UNIQUE); INSERT INTO $t VALUES (1, 'a'), (2, 'b'), (9, 'z')`,
      [
        {op: 'd', id: 1},
        {op: 'c', id: 3, mail: 'a'},
        {op: 'u', id: 2, mail: 'c'},
        {op: 'd', id: 2},
        {op: 'c', id: 4, mail: 'b'},
        {op: 'u', id: 9, mail: 'z'},
        {op: 'd', id: 9},
        {op: 'c', id: 5, mail: 'z'},
      ],
    )
    expect(rows).toEqual([
      {id: 3, mail: 'a'},
      {id: 4, mail: 'b'},
      {id: 5, mail: 'z'},
    ])
    expect(tally).toMatchObject({inserted: 3, updated: 2, deleted: 3, deadLettered: 0})
  })

  it('a table that refers to itself is written in the order of the queue', async () => {
    const {tally, rows} = await run(
      `CREATE TABLE $t (id int PRIMARY KEY, p int REFERENCES $t ON DELETE CASCADE, v int);
       INSERT INTO $t VALUES (1, NULL, 1), (2, NULL, 1), (3, 1, 3), (4, 2, 4)`,
      [
        {op: 'u', id: 3, p: 2},
        {op: 'd', id: 1},
        {op: 'c', id: 5, p: 2, v: 5},
        {op: 'd', id: 4},
        {op: 'c', id: 6, p: 99, v: 6},
        {op: 'D', id: 6},
        {op: 'c', id: 99, v: 7},
      ],
    )
    expect(rows).toEqual([
      {id: 2, p: null, v: 1},
      {id: 3, p: 2, v: 3},
      {id: 5, p: 2, v: 5},
      {id: 99, p: null, v: 7},
    ])
    expect(tally).toMatchObject({updated: 1, deleted: 2, inserted: 2, alreadyGone: 1, deadLettered: 1})
  })
})
