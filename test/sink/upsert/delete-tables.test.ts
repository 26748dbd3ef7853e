import {describe, expect, it} from 'vitest'
import type {SinkOptions} from '../../../src/sink/sink.ts'
import {testSink, useServers} from '../../support/context.ts'
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
    const drained = await drainInto(context, table, records, {sink: {...FEED, ...sink}, ...way})
    const children = async () =>
      (await context.pool.query(`SELECT * FROM ${table}_c ORDER BY 1`)).rows.map((row) => Object.values(row))
    return {...drained, table, children}
  }
  const ids = (rows: Array<Record<string, unknown>>) => rows.map(({id}) => id)
  const PARENT =
    'CREATE TABLE $t (id int PRIMARY KEY, v int); INSERT INTO $t SELECT n, 0 FROM generate_series(1, 6) n;'
  const child = (action: string) =>
    `${PARENT} CREATE TABLE $t_c (no int PRIMARY KEY, id int REFERENCES $t ${action}); INSERT INTO $t_c VALUES (1, 2), (2, 5)`
  const DELETES = [1, 2, 3, 4, 5].map((id) => ({op: 'd', id}))

  it.each(['', 'ON DELETE RESTRICT', 'DEFERRABLE INITIALLY DEFERRED'])(
    'a row that others refer to stays, and its delete alone is a dead letter: %s',
    async (action) => {
      const {tally, letters, rows, children} = await run(child(action), DELETES)
      expect(ids(rows)).toEqual([2, 5, 6])
      expect(await children()).toEqual([
        [1, 2],
        [2, 5],
      ])
      expect(tally).toMatchObject({deleted: 3, deadLettered: 2, alreadyGone: 0})
      // Since Postgres 18, RESTRICT has a code of its own
      const refused = {code: expect.stringMatching(/^(23503|23001)$/), reason: 'foreign_key'}
      expect(letters).toMatchObject([refused, refused])
      expect(letters[0].message).toMatch(
        /violates (RESTRICT setting of )?foreign key constraint .* on table "e\d+_c"/,
      )
    },
  )

  it('a row takes with it what refers to it with CASCADE', async () => {
    const {tally, rows, children} = await run(child('ON DELETE CASCADE'), DELETES)
    expect([ids(rows), await children()]).toEqual([[6], []])
    expect(tally).toMatchObject({deleted: 5, deadLettered: 0})
  })

  it('SET NULL reaches what refers to a row', async () => {
    const {rows, children} = await run(child('ON DELETE SET NULL'), DELETES)
    expect([ids(rows), await children()]).toEqual([
      [6],
      [
        [1, null],
        [2, null],
      ],
    ])
  })

  it('foreign keys that are checked for a lease at once do not keep a delete from reaching children', async () => {
    const sql = `CREATE TABLE $t_p (p int PRIMARY KEY); INSERT INTO $t_p VALUES (1);
CREATE TABLE $t (id int REFERENCES $t_p, n int, PRIMARY KEY (id, n)); INSERT INTO $t SELECT 1, n FROM generate_series(1, 4) n;
CREATE TABLE $t_c (no int PRIMARY KEY, id int, n int, FOREIGN KEY (id, n) REFERENCES $t ON DELETE CASCADE);
INSERT INTO $t_c VALUES (1, 1, 1), (2, 1, 2), (3, 1, 3)`
    const records = [
      {op: 'd', id: 1, n: 1},
      {op: 'c', id: 1, n: 9},
      {op: 'd', id: 1, n: 2},
    ]
    const {tally, rows, table, children} = await run(sql, records, {foreignKeys: 'auto'})
    expect((await testSink(context, table, {...FEED, foreignKeys: 'set'})).keys.way).toBe('set')
    expect(rows.map(({n}) => n)).toEqual([3, 4, 9])
    expect(await children()).toEqual([[3, 1, 3]])
    expect(tally).toMatchObject({deleted: 2, inserted: 1, deadLettered: 0})
  })

  const trigger = (body: string, when = 'BEFORE DELETE') =>
    `${PARENT} CREATE FUNCTION $t_f() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN ${body} END $$;
CREATE TRIGGER guard ${when} ON $t FOR EACH ROW EXECUTE FUNCTION $t_f()`

  it('a trigger that raises costs its record alone', async () => {
    const body = `IF OLD.id = 3 THEN RAISE 'never 3'; END IF; RETURN OLD;`
    const {tally, letters, rows} = await run(trigger(body), [...DELETES, {op: 'd', id: 9}])
    expect(ids(rows)).toEqual([3, 6])
    expect(tally).toMatchObject({deleted: 4, alreadyGone: 1, suppressed: 0, deadLettered: 1})
    expect(letters).toMatchObject([{message: 'never 3'}])
  })

  it('a trigger that drops a delete suppresses it', async () => {
    const body = 'IF OLD.id = 3 THEN RETURN NULL; END IF; RETURN OLD;'
    const {tally, rows} = await run(trigger(body), [...DELETES, {op: 'd', id: 9}, {op: 'u', id: 6, v: 1}])
    expect(rows).toEqual([
      {id: 3, v: 0},
      {id: 6, v: 1},
    ])
    expect(tally).toMatchObject({deleted: 4, alreadyGone: 1, suppressed: 1, updated: 1})
  })

  it('a trigger that drops the update of a soft delete suppresses it', async () => {
    const body = 'IF OLD.id = 3 THEN RETURN NULL; END IF; RETURN NEW;'
    const soft = `${trigger(body, 'BEFORE UPDATE')}; ALTER TABLE $t ADD gone boolean`
    const {tally, rows} = await run(soft, [...DELETES, {op: 'd', id: 9}], {softDelete: 'gone'})
    expect(rows.filter(({gone}) => gone).map(({id}) => id)).toEqual([1, 2, 4, 5])
    expect(tally).toMatchObject({deleted: 4, alreadyGone: 1, suppressed: 1})
  })

  it('partitions with columns in another order', async () => {
    const {tally, rows} = await run(
      `CREATE TABLE $t (id int, v int, PRIMARY KEY (id)) PARTITION BY HASH (id);
       CREATE TABLE $t_0 PARTITION OF $t FOR VALUES WITH (MODULUS 2, REMAINDER 0);
       CREATE TABLE $t_1 (gone int, v int, id int NOT NULL); ALTER TABLE $t_1 DROP gone;
       ALTER TABLE $t ATTACH PARTITION $t_1 FOR VALUES WITH (MODULUS 2, REMAINDER 1);
       INSERT INTO $t SELECT n, 0 FROM generate_series(1, 6) n`,
      [...DELETES, {op: 'd', id: 9}, {op: 'c', id: 7, v: 7}],
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
      `CREATE TABLE $t (id int PRIMARY KEY, mail text UNIQUE); INSERT INTO $t VALUES (1, 'a'), (2, 'b')`,
      [
        {op: 'd', id: 1},
        {op: 'c', id: 3, mail: 'a'},
        {op: 'u', id: 2, mail: 'c'},
        {op: 'd', id: 2},
        {op: 'c', id: 4, mail: 'b'},
      ],
    )
    expect(rows).toEqual([
      {id: 3, mail: 'a'},
      {id: 4, mail: 'b'},
    ])
    expect(tally).toMatchObject({inserted: 2, updated: 1, deleted: 2, deadLettered: 0})
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
