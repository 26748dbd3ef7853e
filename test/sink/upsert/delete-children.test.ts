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

describe.each(WAYS)('rows that others refer to and triggers guard, written $way', (way) => {
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
})
