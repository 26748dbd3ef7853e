import {describe, expect, it} from 'vitest'
import type {SinkOptions} from '../../../src/sink/sink.ts'
import {useServers} from '../../support/context.ts'
import {drainInto, insertEach} from '../../support/drain-into.ts'

const context = useServers()
let number = 0

async function make(sql: string): Promise<string> {
  const table = `t${++number}`
  await context.pool.query(sql.replaceAll('$t', table))
  return table
}

const UPDATE = {onConflict: 'update'} as const

/** Drains two leases of one record each and one of both, by the set and one by one. */
describe.each([false, true])('tables that react to updates, each record on its own: %s', (each) => {
  const run = async (sql: string, records: unknown[], sink: Partial<SinkOptions> = {}) => {
    const table = await make(sql)
    const {tally, rows, letters} = await drainInto(context, table, records, {
      sink: {...UPDATE, ...sink},
      opened: async (opened) => each && insertEach(opened),
    })
    return {tally, rows, letters, table}
  }

  it('partitions with columns in another order', async () => {
    const {tally, rows} = await run(
      `CREATE TABLE $t (id int, v int, PRIMARY KEY (id)) PARTITION BY HASH (id);
       CREATE TABLE $t_0 PARTITION OF $t FOR VALUES WITH (MODULUS 2, REMAINDER 0);
       CREATE TABLE $t_1 (gone int, v int, id int NOT NULL); ALTER TABLE $t_1 DROP gone;
       ALTER TABLE $t ATTACH PARTITION $t_1 FOR VALUES WITH (MODULUS 2, REMAINDER 1);
       INSERT INTO $t SELECT n, 0 FROM generate_series(1, 5) n`,
      [1, 2, 3, 4, 5, 6, 7, 8].map((id) => ({id, v: id})),
    )
    expect(tally).toMatchObject({inserted: 3, updated: 5, superseded: 0})
    expect(rows).toEqual([1, 2, 3, 4, 5, 6, 7, 8].map((id) => ({id, v: id})))
  })

  it('a trigger that notes the time of an update', async () => {
    const {tally, rows} = await run(
      `CREATE TABLE $t (id int PRIMARY KEY, v int, touched int DEFAULT 0);
       CREATE FUNCTION $t_touch() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.touched := OLD.touched + 1; RETURN NEW; END $$;
       CREATE TRIGGER touch BEFORE UPDATE ON $t FOR EACH ROW EXECUTE FUNCTION $t_touch(); INSERT INTO $t VALUES (1, 0)`,
      [
        {id: 1, v: 1},
        {id: 2, v: 2},
      ],
    )
    expect(tally).toMatchObject({inserted: 1, updated: 1, suppressed: 0})
    expect(rows).toEqual([
      {id: 1, v: 1, touched: 1},
      {id: 2, v: 2, touched: 0},
    ])
  })

  it('a trigger that drops updates', async () => {
    const {tally} = await run(
      `CREATE TABLE $t (id int PRIMARY KEY, v int);
       CREATE FUNCTION $t_keep() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$;
       CREATE TRIGGER keep BEFORE UPDATE ON $t FOR EACH ROW EXECUTE FUNCTION $t_keep(); INSERT INTO $t VALUES (1, 0)`,
      [
        {id: 1, v: 1},
        {id: 2, v: 2},
      ],
    )
    expect(tally).toMatchObject({inserted: 1, updated: 0, suppressed: 1})
  })

  it('keys that are equal though their bytes differ', async () => {
    const {tally, rows} = await run(
      `CREATE COLLATION IF NOT EXISTS any_case (provider = icu, locale = 'und-u-ks-level2', deterministic = false);
       CREATE TABLE $t (name text COLLATE any_case PRIMARY KEY, n numeric, v int); INSERT INTO $t VALUES ('B', 1, 0)`,
      [
        {name: 'A', v: 1},
        {name: 'b', v: 2},
        {name: 'a', v: 3},
      ],
    )
    expect(tally).toMatchObject({inserted: 1, updated: 1, superseded: 1})
    expect(rows.map(({v}) => v).sort()).toEqual([2, 3])
  })

  it('columns of types that a user has made', async () => {
    const {tally, rows} = await run(
      `CREATE TYPE $t_mood AS ENUM ('sad', 'glad'); CREATE DOMAIN $t_small AS int CHECK (VALUE < 10);
       CREATE TYPE $t_pair AS (a int, b text);
       CREATE TABLE $t (id int PRIMARY KEY, mood $t_mood, moods $t_mood[], small $t_small, pair $t_pair);
       INSERT INTO $t VALUES (1, 'sad')`,
      [
        {id: 1, mood: 'glad', moods: ['sad', 'glad'], small: 3, pair: {a: 1, b: 'x'}},
        {id: 2, mood: 'angry'},
        {id: 3, small: 10},
        {id: 4, mood: 'sad', small: 9},
      ],
    )
    expect(tally).toMatchObject({inserted: 1, updated: 1, deadLettered: 2})
    expect(rows.map(({id}) => id)).toEqual([1, 4])
    expect(rows[0]).toMatchObject({mood: 'glad', small: 3})
  })

  it('a parent that an older record names is not needed', async () => {
    const {tally, letters} = await run(
      `CREATE TABLE $t_p (id int PRIMARY KEY); INSERT INTO $t_p VALUES (1);
       CREATE TABLE $t (id int PRIMARY KEY, p int REFERENCES $t_p, seq int); INSERT INTO $t VALUES (1, 1, 9), (2, 1, 9)`,
      [
        {id: 1, p: 7, seq: 1},
        {id: 2, p: 7, seq: 10},
        {id: 3, p: 7, seq: 1},
        {id: 4, p: 1, seq: 1},
      ],
      {newestBy: 'seq'},
    )
    expect(tally).toMatchObject({inserted: 1, updated: 0, alreadyThere: 1, deadLettered: 2})
    expect(letters.map(({code}) => code)).toEqual(['23503', '23503'])
  })
})
