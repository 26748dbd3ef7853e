import {describe, expect, it} from 'vitest'
import {asRole} from '../../support/as-role.ts'
import {deadLetters, drainAll, push, testSink, useServers} from '../../support/context.ts'
import {insertEach} from '../../support/drain-into.ts'

const context = useServers()

/** A trigger that raises `code` for rows whose `bad` is true. */
const raising = (table: string, code: string, timing = 'BEFORE INSERT') => `
CREATE FUNCTION ${table}_raise() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
  IF NEW.bad THEN RAISE EXCEPTION 'no' USING ERRCODE = '${code}'; END IF; RETURN NEW; END $$;
CREATE TRIGGER raise ${timing} ON ${table} FOR EACH ROW EXECUTE FUNCTION ${table}_raise()`

interface Trap {
  name: string
  code: string
  /** @param t name of the table, which has the columns a and bad */
  sql: (t: string) => string
}

const TRAPS: Trap[] = [
  {
    name: 'a domain whose check raises',
    code: '22012',
    sql: (
      t,
    ) => `CREATE FUNCTION ${t}_nonzero(boolean) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT 1 / (NOT $1)::int > 0';
CREATE DOMAIN ${t}_flag AS boolean CHECK (${t}_nonzero(VALUE)); CREATE TABLE ${t} (a int, bad ${t}_flag)`,
  },
  ...['45000', '55000', '0A000', '42501', 'U0001'].map((code) => ({
    name: `a trigger that raises ${code}`,
    code,
    sql: (t: string) => `CREATE TABLE ${t} (a int, bad boolean); ${raising(t, code)}`,
  })),
  {
    name: 'a constraint trigger that is deferred to the COMMIT',
    code: '55000',
    sql: (t) =>
      `CREATE TABLE ${t} (a int, bad boolean); ${raising(t, '55000', 'AFTER INSERT').replace(
        'CREATE TRIGGER',
        'CREATE CONSTRAINT TRIGGER',
      )}`.replace('FOR EACH ROW', 'DEFERRABLE INITIALLY DEFERRED FOR EACH ROW'),
  },
  {
    name: 'a constraint that a trigger puts off to the COMMIT, whatever the session says',
    code: '55000',
    sql: (t) =>
      `CREATE TABLE ${t} (a int, bad boolean);
CREATE FUNCTION ${t}_later() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
  SET CONSTRAINTS ALL DEFERRED; RETURN NEW; END $$;
CREATE TRIGGER later BEFORE INSERT ON ${t} FOR EACH ROW EXECUTE FUNCTION ${t}_later();
${raising(t, '55000', 'AFTER INSERT').replace('CREATE TRIGGER', 'CREATE CONSTRAINT TRIGGER').replace('FOR EACH ROW', 'DEFERRABLE INITIALLY DEFERRED FOR EACH ROW')}`,
  },
  {
    name: 'a deferred foreign key of a partition',
    code: '23503',
    sql: (t) => `CREATE TABLE ${t}_parent (bad boolean PRIMARY KEY); INSERT INTO ${t}_parent VALUES (false);
CREATE TABLE ${t} (a int, bad boolean) PARTITION BY RANGE (a); CREATE TABLE ${t}_1 PARTITION OF ${t} DEFAULT;
ALTER TABLE ${t}_1 ADD FOREIGN KEY (bad) REFERENCES ${t}_parent DEFERRABLE INITIALLY DEFERRED`,
  },
  {
    name: 'a trigger of a partition',
    code: '0A000',
    sql: (t) => `CREATE TABLE ${t} (a int, bad boolean) PARTITION BY RANGE (a);
CREATE TABLE ${t}_1 PARTITION OF ${t} DEFAULT; ${raising(t, '0A000').replace(`ON ${t} `, `ON ${t}_1 `)}`,
  },
  {
    name: 'an exclusion constraint beside a primary key',
    code: '23P01',
    sql: (t) => `CREATE TABLE ${t} (a int PRIMARY KEY, bad boolean, EXCLUDE (bad WITH =) WHERE (bad));
INSERT INTO ${t} VALUES (-1, true)`,
  },
]

const good = (i: number) => `{"a":${i},"bad":false}`
const bad = (i: number) => `{"a":${i},"bad":true}`

const LEASES: Array<[string, string[]]> = [
  ['first', [bad(0), good(1), good(2), good(3), good(4)]],
  ['last', [good(0), good(1), good(2), good(3), bad(4)]],
  ['alone', [bad(0)]],
  ['all of them', [bad(0), bad(1), bad(2)]],
  ['every other', [good(0), bad(1), good(2), bad(3), good(4), bad(5), good(6), bad(7), good(8), bad(9)]],
]

let number = 0

describe.each(TRAPS)('$name', ({sql, code}) => {
  describe.each([
    {batch: 500, each: false},
    {batch: 500, each: true},
    {batch: 1, each: false},
  ])('with leases of up to $batch, each record on its own: $each', ({batch, each}) => {
    it.each(LEASES)('refuses the bad record, and nothing else: %s', async (_, items) => {
      const table = `trap${++number}`
      await context.pool.query(sql(table))
      const at = context.newQueue()
      await push(context, at.keys, items)
      const sink = await testSink(context, table)
      if (each) insertEach(sink)
      const tally = await drainAll(context, sink, at, {workers: 1, batch})
      const wrong = items.filter((item) => item.includes('true'))
      const letters = await deadLetters(context, at.keys)
      expect(letters.map((letter) => [letter.payload, letter.code])).toEqual(
        wrong.map((item) => [item, code]),
      )
      expect(tally).toMatchObject({inserted: items.length - wrong.length, alreadyThere: 0})
      const {rows} = await context.pool.query(`SELECT a FROM ${table} WHERE NOT bad ORDER BY a`)
      const right = items.filter((item) => !wrong.includes(item))
      expect(rows.map(({a}) => a)).toEqual(right.map((item) => JSON.parse(item).a))
    })
  })
})

it('refuses only the bad records of one envelope, where a trigger puts their constraint off to the COMMIT', async () => {
  const trap = TRAPS.find(({name}) => name.includes('whatever the session says'))
  await context.pool.query(trap?.sql('envelope_late') ?? '')
  const at = context.newQueue()
  await push(context, at.keys, [`{"points":[${[bad(0), good(1), good(2), bad(3), good(4)].join(',')}]}`])
  const tally = await drainAll(context, await testSink(context, 'envelope_late'), at, {workers: 1})
  expect(tally).toMatchObject({inserted: 3, deadLettered: 2})
  const letters = await deadLetters(context, at.keys)
  expect(letters.map(({payload}) => payload).sort()).toEqual([bad(0), bad(3)])
  const {rows} = await context.pool.query('SELECT a FROM envelope_late ORDER BY a')
  expect(rows.map(({a}) => a)).toEqual([1, 2, 4])
})

describe('an error that speaks of the set-up', () => {
  const broken = (t: string, when: string) => `
CREATE FUNCTION ${t}_call() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
  IF ${when} THEN PERFORM no_such_function(); END IF; RETURN NEW; END $$;
CREATE TRIGGER call BEFORE INSERT ON ${t} FOR EACH ROW EXECUTE FUNCTION ${t}_call()`

  it.each([500, 1])(
    'is the fault of the record that meets it where others pass (batch %i)',
    async (batch) => {
      const table = `partly${batch}`
      await context.pool.query(`CREATE TABLE ${table} (a int, bad boolean); ${broken(table, 'NEW.bad')}`)
      const at = context.newQueue()
      await push(context, at.keys, [bad(0), good(1), good(2)])
      const tally = await drainAll(context, await testSink(context, table), at, {workers: 1, batch})
      expect(tally).toMatchObject({inserted: 2, deadLettered: 1, retried: 0})
      expect((await deadLetters(context, at.keys)).map(({code}) => code)).toEqual(['42883'])
    },
  )

  it('stops the worker, and keeps the items, where nothing passes anywhere', async () => {
    await context.pool.query(`CREATE TABLE never (a int, bad boolean); ${broken('never', 'true')}`)
    const at = context.newQueue()
    await push(context, at.keys, [good(0), good(1), good(2)])
    const work = drainAll(context, await testSink(context, 'never'), at, {workers: 1, batch: 1})
    await expect(work).rejects.toThrow('no_such_function')
    expect(await itemsOf(at.keys)).toBe(3)
  })

  it.each([
    [
      'INSERT is revoked',
      (t: string) => `REVOKE INSERT ON ${t} FROM ${context.schema}_w`,
      'permission denied',
    ],
    ['the table is gone', (t: string) => `DROP TABLE ${t}`, 'no table'],
    [
      'a statement trigger always raises',
      (t: string) =>
        raising(t, '55000')
          .replace('FOR EACH ROW', 'FOR EACH STATEMENT')
          .replaceAll('NEW.bad', 'true')
          .replace('RETURN NEW', 'RETURN NULL'),
      'no',
    ],
  ])('stops the worker and keeps the items where %s', async (_, sql, message) => {
    const table = `fault${++number}`
    const role = `${context.schema}_w`
    await context.pool.query(`DO $$ BEGIN CREATE ROLE ${role}; EXCEPTION WHEN duplicate_object THEN NULL; END $$;
GRANT USAGE ON SCHEMA ${context.schema}, qtool TO ${role}; GRANT ALL ON qtool.applied_lease TO ${role};
CREATE TABLE ${table} (a int, bad boolean); GRANT INSERT, SELECT ON ${table} TO ${role}`)
    const at = context.newQueue()
    await push(context, at.keys, [good(0), good(1)])
    const sink = await testSink(context, table)
    await context.pool.query(sql(table))
    const pool = asRole(context.pool, role)
    await expect(drainAll({...context, pool}, sink, at, {workers: 1})).rejects.toThrow(message)
    await context.pool.query(`DROP OWNED BY ${role}`)
    expect(await itemsOf(at.keys)).toBe(2)
    expect(await context.redis.exists(at.keys.dead)).toBe(0)
  })
})

/** The number of items that are ready or leased. */
async function itemsOf(keys: ReturnType<typeof context.newQueue>['keys']): Promise<number> {
  const leases = await context.redis.zrange(keys.leases, '0', '-1')
  const held = await Promise.all(leases.map((id) => context.redis.zcard(keys.lease(id))))
  return held.reduce((sum, n) => sum + n, await context.redis.zcard(keys.ready))
}
