import {describe, expect, it} from 'vitest'
import {testSink, useServers, withClient} from '../../support/context.ts'
import {drainInto} from '../../support/drain-into.ts'

const context = useServers()
let number = 0

const PARENTS = 'CREATE TABLE $t_p (id int PRIMARY KEY); INSERT INTO $t_p VALUES (1), (2);'
const CHILD = `${PARENTS} CREATE TABLE $t (id int PRIMARY KEY, p int REFERENCES $t_p, u int UNIQUE, v int);`

async function make(sql: string): Promise<string> {
  const table = `s${++number}`
  await context.pool.query(sql.replaceAll('$t', table))
  return table
}

const UPDATE = {onConflict: 'update'} as const

describe('foreign keys of rows that are updated are checked for a lease at once', () => {
  it('unless a trigger reacts to updates', async () => {
    const trigger = `CREATE FUNCTION $t_f() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$;
CREATE TRIGGER noted AFTER UPDATE ON $t FOR EACH ROW EXECUTE FUNCTION $t_f()`
    const table = await make(`${CHILD} ${trigger}`)
    expect((await testSink(context, table)).keys.way).toBe('set')
    const {keys} = await testSink(context, table, UPDATE)
    expect(keys).toMatchObject({way: 'rows', reasons: [expect.stringContaining('trigger noted reacts')]})
  })

  it('unless rows that may change are referred to', async () => {
    const table = await make(`${CHILD} CREATE TABLE $t_c (u int REFERENCES $t (u))`)
    const {keys} = await testSink(context, table, UPDATE)
    expect(keys).toMatchObject({way: 'rows', reasons: [expect.stringContaining(`of ${table}_c`)]})
    expect((await testSink(context, table, {...UPDATE, updateColumns: ['p', 'v']})).keys.way).toBe('set')
  })

  it('where others refer to the key alone', async () => {
    const table = await make(`${CHILD} CREATE TABLE $t_c (id int REFERENCES $t)`)
    expect((await testSink(context, table, UPDATE)).keys.way).toBe('set')
  })

  it('and a record without a parent is refused alone', async () => {
    const table = await make(`${CHILD} INSERT INTO $t VALUES (1, 1, 1, 1), (2, 1, 2, 2)`)
    const records = [
      {id: 1, p: 2, u: 1, v: 10},
      {id: 2, p: 3, u: 2, v: 20},
      {id: 3, p: 2, u: 3, v: 30},
    ]
    const {tally, rows, letters} = await drainInto(context, table, records, {sink: UPDATE})
    expect(tally).toMatchObject({inserted: 1, updated: 1, deadLettered: 1})
    expect(letters).toMatchObject([{code: '23503'}])
    expect(rows).toEqual([records[0], {id: 2, p: 1, u: 2, v: 2}, records[2]])
  })

  it('where a key of two columns is updated as a whole', async () => {
    const table =
      await make(`CREATE TABLE $t_p (a int, b int, PRIMARY KEY (a, b)); INSERT INTO $t_p VALUES (1, 1), (2, 2);
CREATE TABLE $t (id int PRIMARY KEY, a int, b int, FOREIGN KEY (a, b) REFERENCES $t_p); INSERT INTO $t VALUES (1, 1, 1)`)
    // The parent (2, 2) is there, and (2, 1), to which the row would refer, is not
    const sink = {...UPDATE, updateColumns: ['a']}
    const {tally, letters, rows} = await drainInto(context, table, [{id: 1, a: 2, b: 2}], {sink})
    expect(letters).toMatchObject([{code: '23503'}])
    expect(tally).toMatchObject({updated: 0, deadLettered: 1})
    expect(rows).toEqual([{id: 1, a: 1, b: 1}])
  })

  it('and of the other rows in the same lease, each is written once, with its own columns alone', async () => {
    const table = await make(`${CHILD} INSERT INTO $t VALUES (1, 1, 1, 1), (2, 1, 2, 2)`)
    const records = [
      {id: 1, p: 2, v: 10},
      {id: 2, p: 2, v: 20},
      {id: 3, u: 3},
    ]
    const {tally, rows} = await drainInto(context, table, records, {sink: UPDATE})
    expect(tally).toMatchObject({inserted: 1, updated: 2, superseded: 0, deadLettered: 0})
    expect(rows).toEqual([
      {id: 1, p: 2, u: 1, v: 10},
      {id: 2, p: 2, u: 2, v: 20},
      {id: 3, p: null, u: 3, v: null},
    ])
  })
})

it('leaves nothing in the stage, on which no type of the user depends', async () => {
  const table = await make(
    `CREATE TYPE $t_mood AS ENUM ('a'); CREATE TABLE $t (id int PRIMARY KEY, mood $t_mood)`,
  )
  const {tally} = await drainInto(context, table, [{id: 1, mood: 'a'}], {sink: UPDATE})
  expect(tally.inserted).toBe(1)
  const {rows} = await context.pool.query(
    `SELECT format('%I.%I', nspname, relname) AS name FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace
WHERE relname LIKE 'qtool_stage_%' AND EXISTS (SELECT FROM pg_attribute WHERE attrelid = c.oid AND attname = 'mood')`,
  )
  expect(rows.length).toBe(1)
  await withClient(context, (client) =>
    client.query(`ALTER TABLE ${table} DROP mood; DROP TYPE ${table}_mood`),
  )
})
