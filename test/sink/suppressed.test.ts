import {describe, expect, it} from 'vitest'
import {useServers} from '../support/context.ts'
import {drainInto} from '../support/drain-into.ts'

const context = useServers()

const trigger = (body: string, when = 'BEFORE') => `
CREATE FUNCTION $t_act() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN ${body} END $$;
CREATE TRIGGER act ${when} INSERT ON $t FOR EACH ROW EXECUTE FUNCTION $t_act()`
const EVEN_DROPPED = trigger('IF NEW.a % 2 = 0 THEN RETURN NULL; END IF; RETURN NEW;')

const upTo = (n: number) => Array.from({length: n}, (_, a) => ({a}))

describe('a row that became none is told from one that was there', () => {
  describe.each([
    {batch: 2000, each: false},
    {batch: 2000, each: true},
    {batch: 1, each: false},
  ])('with leases of up to $batch, each record on its own: $each', ({batch, each}) => {
    it.each<[string, string, unknown[], [number, number, number, number]]>([
      ['a table without a key', `CREATE TABLE $t (a int); ${EVEN_DROPPED}`, upTo(6), [3, 0, 3, 0]],
      [
        'a table with a key',
        `CREATE TABLE $t (a int PRIMARY KEY); INSERT INTO $t VALUES (1), (2); ${EVEN_DROPPED}`,
        [...upTo(6), '{"a":3} ', '{"a":4} '],
        [2, 3, 3, 0],
      ],
      [
        'a trigger that changes the key',
        `CREATE TABLE $t (a int, k text PRIMARY KEY); INSERT INTO $t VALUES (-1, 'x');
         ${trigger("IF NEW.k = 'Z' THEN RETURN NULL; END IF; NEW.k := lower(NEW.k); RETURN NEW;")}`,
        [
          {a: 1, k: 'X'},
          {a: 2, k: 'Y'},
          {a: 3, k: 'y'},
          {a: 4, k: 'Z'},
          {a: 5, k: 'W'},
        ],
        [2, 2, 1, 0],
      ],
      [
        'a trigger that writes to another table',
        `CREATE TABLE $t (a int PRIMARY KEY); CREATE TABLE $t_1 (a int PRIMARY KEY, CHECK (a < 3)) INHERITS ($t);
         ${trigger('INSERT INTO $t_1 SELECT NEW.*; RETURN NULL;')}`,
        upTo(5),
        [0, 0, 3, 2],
      ],
      [
        'a trigger of a partition',
        `CREATE TABLE $t_all (a int PRIMARY KEY) PARTITION BY RANGE (a); CREATE TABLE $t PARTITION OF $t_all DEFAULT;
         ${EVEN_DROPPED}; ALTER TABLE $t RENAME TO $t_1; ALTER TABLE $t_all RENAME TO $t`,
        [...upTo(4), '{"a":1} '],
        [2, 1, 2, 0],
      ],
      [
        'a rule that does nothing',
        'CREATE TABLE $t (a int PRIMARY KEY); CREATE RULE r AS ON INSERT TO $t DO INSTEAD NOTHING',
        upTo(3),
        [0, 0, 3, 0],
      ],
      [
        'a rule for some rows',
        `CREATE TABLE $t (a int PRIMARY KEY); INSERT INTO $t VALUES (5); CREATE TABLE $t_o (a int);
         CREATE RULE r AS ON INSERT TO $t WHERE NEW.a < 2 DO INSTEAD INSERT INTO $t_o VALUES (NEW.a)`,
        upTo(6),
        [3, 1, 2, 0],
      ],
      [
        'a rule that writes several rows in place of one',
        `CREATE TABLE $t (a int); CREATE TABLE $t_o (a int, i int);
         CREATE RULE r AS ON INSERT TO $t DO INSTEAD INSERT INTO $t_o SELECT NEW.a, i FROM generate_series(1, 3) i`,
        upTo(3),
        [3, 0, 0, 0],
      ],
      [
        'a view whose trigger takes some rows',
        `CREATE TABLE $t_base (a int); CREATE VIEW $t AS SELECT a FROM $t_base;
         ${trigger('IF NEW.a = 1 THEN RETURN NULL; END IF; INSERT INTO $t_base VALUES (NEW.a); RETURN NEW;', 'INSTEAD OF')}`,
        upTo(3),
        [2, 0, 1, 0],
      ],
    ])('%s', async (_, sql, records, [inserted, alreadyThere, suppressed, deadLettered]) => {
      const table = `supp${Math.random().toString(36).slice(2)}`
      await context.pool.query(`SET search_path = ${context.schema}; ${sql.replaceAll('$t', `${table}`)}`)
      const {tally} = await drainInto(context, table, records, {each, drain: {batch}})
      expect(tally).toMatchObject({inserted, alreadyThere, suppressed, deadLettered})
    })
  })

  it('where the trigger comes while work goes on', async () => {
    await context.pool.query('CREATE TABLE later (a int PRIMARY KEY)')
    const sql = `CREATE FUNCTION later_act() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';
CREATE TRIGGER act BEFORE INSERT ON later FOR EACH ROW EXECUTE FUNCTION later_act()`
    const drained = await drainInto(context, 'later', upTo(4), {
      drain: {batch: 2},
      opened: () => context.pool.query(sql),
    })
    expect(drained.tally).toMatchObject({inserted: 0, alreadyThere: 0, suppressed: 4})
  })
})

it('counts what was suppressed in the ledger and in Redis', async () => {
  await context.pool.query(`CREATE TABLE counted (a int); ${EVEN_DROPPED.replaceAll('$t', 'counted')}`)
  const {tally, at} = await drainInto(context, 'counted', upTo(5))
  expect(tally).toMatchObject({inserted: 2, suppressed: 3})
  expect(await context.redis.hgetall(at.keys.stats)).toMatchObject({inserted: '2', suppressed: '3'})
  const {rows} = await context.pool.query(
    'SELECT inserted, already_there, suppressed FROM qtool.applied_lease WHERE queue = $1',
    [at.queue],
  )
  expect(rows).toEqual([{inserted: 2, already_there: 0, suppressed: 3}])
})
