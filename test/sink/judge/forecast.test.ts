import type {PoolClient} from 'pg'
import {describe, expect, it} from 'vitest'
import {openSink} from '../../../src/sink/sink.ts'
import {drainAll, push, testSink, useServers} from '../../support/context.ts'
import {drainInto} from '../../support/drain-into.ts'

const context = useServers()

/** Cases that need Postgres 18 or later. */
const NEW: Array<[string, string, string[]]> = [
  [
    'a foreign key and a check that are not enforced',
    `CREATE TABLE $t_parent (k int PRIMARY KEY);
       CREATE TABLE $t (a int CHECK (a > 0) NOT ENFORCED, k int REFERENCES $t_parent NOT ENFORCED)`,
    ['{"a":-1,"k":1}', '{"a":2,"k":2}'],
  ],
  [
    'a foreign key over periods',
    `CREATE EXTENSION IF NOT EXISTS btree_gist;
       CREATE TABLE $t_parent (k int, during daterange, PRIMARY KEY (k, during WITHOUT OVERLAPS));
       INSERT INTO $t_parent VALUES (1, '[2026-01-01,2026-02-01)'), (1, '[2026-02-01,2026-03-01)');
       CREATE TABLE $t (a int, k int, during daterange, FOREIGN KEY (k, PERIOD during) REFERENCES $t_parent (k, PERIOD during))`,
    ['{"a":1,"k":1,"during":"[2026-01-10,2026-02-10)"}'],
  ],
]
const PARENTS = `CREATE TABLE $t_parent (k int PRIMARY KEY); CREATE TABLE $t (a int, k int REFERENCES $t_parent);
  CREATE FUNCTION $t_make() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN`
const MAJOR = Number(process.env.QTOOL_TEST_POSTGRES ?? 18)

describe('what a query ahead of the insert would refuse, and Postgres takes, is written', () => {
  it.each([
    [
      'text that refers to char(n), whose blanks do not count',
      `CREATE TABLE $t_parent (k char(5) PRIMARY KEY); INSERT INTO $t_parent VALUES ('ab');
       CREATE TABLE $t (a int, k text REFERENCES $t_parent)`,
      ['{"a":1,"k":"ab   "}', '{"a":2,"k":"ab"}', '{"a":3,"k":"ab \\u0020"}'],
    ],
    [
      'integers of another width than their parent',
      `CREATE TABLE $t_parent (k bigint PRIMARY KEY); INSERT INTO $t_parent VALUES (7);
       CREATE TABLE $t (a int, k int REFERENCES $t_parent)`,
      ['{"a":1,"k":7}', '{"a":2,"k":"7"}'],
    ],
    [
      'a parent under a collation that ignores case',
      `CREATE COLLATION $t_ci (provider = icu, locale = 'und-u-ks-level2', deterministic = false);
       CREATE TABLE $t_parent (k text COLLATE $t_ci PRIMARY KEY); INSERT INTO $t_parent VALUES ('Ab');
       CREATE TABLE $t (a int, k text COLLATE $t_ci REFERENCES $t_parent)`,
      ['{"a":1,"k":"aB"}', '{"a":2,"k":"AB"}'],
    ],
    [
      'a parent that a trigger makes, a value that it fills in and one that it puts right',
      `CREATE TABLE $t_parent (k int PRIMARY KEY);
       CREATE TABLE $t (a int, k int REFERENCES $t_parent, made date NOT NULL, n int CHECK (n >= 0));
       CREATE FUNCTION $t_fix() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
         INSERT INTO $t_parent VALUES (NEW.k) ON CONFLICT DO NOTHING; NEW.made := '2026-01-01'; NEW.n := abs(NEW.n);
         RETURN NEW; END $$;
       CREATE TRIGGER fix BEFORE INSERT ON $t FOR EACH ROW EXECUTE FUNCTION $t_fix()`,
      ['{"a":1,"k":5,"n":-3}', '{"a":2,"k":6}'],
    ],
    [
      'a row of another shape that is the parent in the same lease',
      `CREATE TABLE $t (a int PRIMARY KEY, up int REFERENCES $t, x int DEFAULT 1, y int DEFAULT 2)`,
      ['{"a":3,"up":2,"x":1}', '{"a":2,"up":1,"y":1}', '{"a":1}'],
    ],
    [
      'a parent of the same lease, where the table is a partition of what it refers to',
      `CREATE TABLE $t_all (a int PRIMARY KEY, up int REFERENCES $t_all) PARTITION BY RANGE (a);
       CREATE TABLE $t PARTITION OF $t_all FOR VALUES FROM (0) TO (9)`,
      ['{"a":2,"up":1}', '{"a":3,"up":2}', '{"a":1}'],
    ],
    ...(MAJOR >= 18 ? NEW : []),
  ])('%s', async (_, sql, records) => {
    const table = `taken${Math.random().toString(36).slice(2)}`
    await context.pool.query(sql.replaceAll('$t', table))
    const {letters, tally} = await drainInto(context, table, records)
    expect(letters).toEqual([])
    expect(tally.inserted).toBe(records.length)
  })

  it.each([
    [
      'a check that looks at rows of the same lease',
      `CREATE TABLE $t (a int PRIMARY KEY, k int);
       CREATE FUNCTION $t_has(int) RETURNS boolean LANGUAGE sql AS 'SELECT EXISTS (SELECT FROM $t WHERE a = $1)';
       ALTER TABLE $t ADD CHECK (k IS NULL OR $t_has(k))`,
      ['{"a":1}', '{"a":2,"k":99}', '{"a":3,"k":1}', '{"a":4,"k":3}'],
      ['{"a":2,"k":99}'],
    ],
    [
      'a trigger ahead of the statement that makes some of the parents',
      `${PARENTS} INSERT INTO $t_parent VALUES (2) ON CONFLICT DO NOTHING; RETURN NULL; END $$;
       CREATE TRIGGER make BEFORE INSERT ON $t EXECUTE FUNCTION $t_make()`,
      ['{"a":1,"k":1}', '{"a":2,"k":2}', '{"a":3,"k":3}'],
      ['{"a":1,"k":1}', '{"a":3,"k":3}'],
    ],
    [
      'a trigger behind the row that makes some of the parents, ahead of the foreign key',
      `${PARENTS} INSERT INTO $t_parent SELECT NEW.k WHERE NEW.k = 2; RETURN NULL; END $$;
       CREATE TRIGGER "Make" AFTER INSERT ON $t FOR EACH ROW EXECUTE FUNCTION $t_make()`,
      ['{"a":1,"k":1}', '{"a":2,"k":2}', '{"a":3,"k":3}'],
      ['{"a":1,"k":1}', '{"a":3,"k":3}'],
    ],
    [
      'columns of every name that a query could use for itself',
      'CREATE TABLE $t (n int, nn int, r int, p int, c0 int, "qtool record" int, e int NOT NULL, x int CHECK (n > 0))',
      ['{"n":1,"nn":1,"e":1}', '{"n":0,"e":1}', '{"n":2,"r":"x","e":1}', '{"n":2,"qtool record":1}'],
      ['{"n":0,"e":1}', '{"n":2,"r":"x","e":1}', '{"n":2,"qtool record":1}'],
    ],
  ])('one record that is refused does not speak for the others: %s', async (_, sql, records, refused) => {
    const table = `some${Math.random().toString(36).slice(2)}`
    await context.pool.query(sql.replaceAll('$t', table))
    const {letters, tally} = await drainInto(context, table, records)
    expect(letters.map(({payload}) => payload).sort()).toEqual(refused.sort())
    expect(tally.inserted).toBe(records.length - refused.length)
  })

  it.each([
    ['with row security', (t: string) => `ALTER TABLE ${t} ENABLE ROW LEVEL SECURITY`],
    ['in a schema without USAGE', (t: string) => `CREATE SCHEMA ${t}_s; ALTER TABLE ${t} SET SCHEMA ${t}_s`],
    ['that it may not read', (t: string) => `REVOKE ALL ON ${t} FROM PUBLIC`],
  ])('a parent %s', async (_, hide) => {
    const table = `hidden${Math.random().toString(36).slice(2)}`
    const role = `${table}_role`
    await context.pool.query(`CREATE ROLE ${role};
CREATE TABLE ${table}_parent (k int PRIMARY KEY); INSERT INTO ${table}_parent VALUES (1);
CREATE TABLE ${table} (a int, k int REFERENCES ${table}_parent);
GRANT USAGE ON SCHEMA ${context.schema}, qtool TO ${role}; GRANT ALL ON qtool.applied_lease TO ${role};
GRANT SELECT ON ${table}_parent TO ${role}; GRANT INSERT, SELECT ON ${table} TO ${role}; ${hide(`${table}_parent`)}`)
    const at = context.newQueue()
    await push(context, at.keys, ['{"a":1,"k":1}', '{"a":2,"k":2}', '{"a":3,"k":"1"}'])
    const {options} = await testSink(context, table)
    const client = await context.pool.connect()
    await client.query(`SET ROLE ${role}`)
    const pool = oneClient(client)
    const tally = await drainAll({...context, pool}, await openSink(client, options), at, {workers: 1})
    expect(tally).toMatchObject({inserted: 2, deadLettered: 1, deadLettersByReason: {foreign_key: 1}})
    await client.query('RESET ROLE')
    client.release()
    await context.pool.query(`DROP OWNED BY ${role}; DROP ROLE ${role}`)
  })
})

/** A pool that always lends the same connection. */
function oneClient(client: PoolClient): typeof context.pool {
  const lent = new Proxy(client, {
    get(target, name) {
      if (name === 'release') return () => {}
      const value = Reflect.get(target, name)
      return typeof value === 'function' ? value.bind(target) : value
    },
  })
  return new Proxy(context.pool, {
    get(target, name) {
      if (name === 'connect') return async () => lent
      const value = Reflect.get(target, name)
      return typeof value === 'function' ? value.bind(target) : value
    },
  })
}
