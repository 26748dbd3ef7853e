import {randomBytes} from 'node:crypto'
import pg from 'pg'
import {afterAll, beforeAll, describe, expect, inject, it} from 'vitest'
import {readTable} from '../../../src/sink/catalog/catalog.ts'
import {readKeyWay} from '../../../src/sink/set-wise/way.ts'
import {useServers} from '../../support/context.ts'
import {databaseUrl, postgresMajor} from '../../support/outside.ts'

const context = useServers()
let number = 0

/** The way of a table, by its name. */
async function wayOf(pool: pg.Pool, table: string, wanted: 'auto' | 'set' = 'auto') {
  const client = await pool.connect()
  try {
    return await readKeyWay(client, await readTable(client, table), wanted)
  } finally {
    client.release()
  }
}

/** Makes a table `t` that refers to `p`, in a schema of its own. @returns its name */
async function make(sql: string): Promise<string> {
  const schema = `${context.schema}_${++number}`
  await context.pool.query(`BEGIN; CREATE SCHEMA ${schema}; SET LOCAL search_path = ${schema};
CREATE TABLE p (id int PRIMARY KEY, other int UNIQUE); ${sql}; COMMIT`)
  return `${schema}.t`
}

afterAll(async () => {
  for (let n = 1; n <= number; n++)
    await context.pool.query(`DROP SCHEMA IF EXISTS ${context.schema}_${n} CASCADE`)
})

const CHILD = 'CREATE TABLE t (id int PRIMARY KEY, p int CONSTRAINT to_p REFERENCES p)'
const PARTS = `CREATE TABLE t (id int PRIMARY KEY, p int REFERENCES p) PARTITION BY RANGE (id);
CREATE TABLE t1 PARTITION OF t FOR VALUES FROM (0) TO (9)`
const FUNCTION = `CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'`
const trigger = (when: string, sql = CHILD) =>
  `${sql}; ${FUNCTION}; CREATE TRIGGER g ${when} ON t FOR EACH ROW EXECUTE FUNCTION f()`
const VOLATILE = `CREATE FUNCTION f(int) RETURNS int LANGUAGE sql AS 'SELECT $1'`
const plain = {way: 'set', reasons: [], grant: null}

describe('by the set', () => {
  it.each([
    ['for a plain foreign key', CHILD],
    ['beside a trigger that is disabled', `${trigger('BEFORE INSERT')}; ALTER TABLE t DISABLE TRIGGER g`],
    ['beside a trigger that does not see inserts', trigger('BEFORE UPDATE')],
    ['in a partitioned table', PARTS],
    [
      'for a key that is deferrable',
      `${CHILD}; ALTER TABLE t ALTER CONSTRAINT to_p DEFERRABLE INITIALLY DEFERRED`,
    ],
    [
      'for a key that is not validated',
      'CREATE TABLE t (p int); ALTER TABLE t ADD FOREIGN KEY (p) REFERENCES p NOT VALID',
    ],
    ['for a parent that has heirs', `${CHILD}; CREATE TABLE heir () INHERITS (p)`],
    [
      'for a parent in partitions',
      `CREATE TABLE q (id int PRIMARY KEY) PARTITION BY RANGE (id); CREATE TABLE q1 PARTITION OF q DEFAULT;
CREATE TABLE t (q int REFERENCES q)`,
    ],
    ['for a key with a default', 'CREATE TABLE t (p int DEFAULT 7 REFERENCES p)'],
    [
      'beside a function that cannot write',
      `${VOLATILE} STABLE; CREATE TABLE t (p int REFERENCES p CHECK (f(p) > 0))`,
    ],
  ])('%s', async (_title, sql) => {
    expect(await wayOf(context.pool, await make(sql))).toEqual(plain)
  })
})

describe('by the row', () => {
  it.each([
    ['with a trigger that would be silent', trigger('AFTER INSERT'), 'trigger g reacts'],
    [
      'with a trigger that would begin to run',
      `${trigger('AFTER INSERT')}; ALTER TABLE t ENABLE REPLICA TRIGGER g`,
      'trigger g reacts',
    ],
    [
      'with a trigger that always runs: what it calls would be silenced',
      `${trigger('AFTER INSERT')}; ALTER TABLE t ENABLE ALWAYS TRIGGER g`,
      'trigger g reacts',
    ],
    ['with a trigger of all its partitions', trigger('BEFORE INSERT', PARTS), 'trigger g reacts'],
    [
      'with a trigger of one partition',
      trigger('AFTER INSERT', PARTS).replace('ON t FOR', 'ON t1 FOR'),
      'trigger g reacts',
    ],
    ['with a rule', `${CHILD}; CREATE RULE r AS ON INSERT TO t DO ALSO NOTIFY x`, 'rules'],
    ['with row security', `${CHILD}; ALTER TABLE t ENABLE ROW LEVEL SECURITY`, 'row security'],
    [
      'with a reference to itself',
      'CREATE TABLE t (id int PRIMARY KEY, p int REFERENCES t)',
      'the table itself',
    ],
    [
      'with MATCH FULL',
      'CREATE TABLE q (a int, b int, PRIMARY KEY (a, b)); CREATE TABLE t (a int, b int, FOREIGN KEY (a, b) REFERENCES q MATCH FULL)',
      'MATCH FULL',
    ],
    [
      'with a generated column',
      'CREATE TABLE t (id int PRIMARY KEY, p int GENERATED ALWAYS AS (id + 1) STORED REFERENCES p)',
      'only Postgres fills',
    ],
    [
      'with an identity that is always generated',
      'CREATE TABLE t (id int PRIMARY KEY, p int GENERATED ALWAYS AS IDENTITY REFERENCES p)',
      'only Postgres fills',
    ],
    [
      'with a key of one partition',
      `${PARTS}; ALTER TABLE t1 ADD CONSTRAINT own FOREIGN KEY (id) REFERENCES p`,
      'partition alone',
    ],
    ['with row security of the parent', `${CHILD}; ALTER TABLE p ENABLE ROW LEVEL SECURITY`, 'hide parents'],
    [
      'with a key that is checked late, by a trigger',
      'CREATE TABLE t (id int UNIQUE DEFERRABLE, p int REFERENCES p)',
      'deferrable',
    ],
    [
      'with a default that may write',
      `${VOLATILE}; CREATE TABLE t (id int DEFAULT f(1), p int REFERENCES p)`,
      'function f',
    ],
    [
      'with a check that may write',
      `${VOLATILE}; CREATE TABLE t (p int REFERENCES p CHECK (f(p) > 0))`,
      'function f',
    ],
    [
      'with a domain that may write',
      `${VOLATILE}; CREATE DOMAIN d AS int CHECK (f(VALUE) > 0); CREATE DOMAIN e AS d; CREATE TABLE t (p int REFERENCES p, e e)`,
      'function f',
    ],
    [
      'with an operator that may write',
      `${VOLATILE}; CREATE OPERATOR !!! (RIGHTARG = int, FUNCTION = f); CREATE TABLE t (p int REFERENCES p CHECK ((!!! p) > 0))`,
      'function f',
    ],
    ['for a view', `${CHILD.replace('TABLE t', 'TABLE b')}; CREATE VIEW t AS SELECT * FROM b`, undefined],
  ])('%s', async (_title, sql, reason) => {
    const {way, reasons, grant} = await wayOf(context.pool, await make(sql))
    // The keys of a view are those of the table behind it
    expect({way, grant}).toEqual({way: reason === undefined ? 'none' : 'rows', grant: null})
    expect(reasons).toEqual(reason === undefined ? [] : [expect.stringContaining(reason)])
  })

  it.each([
    ['with another isolation', 'default_transaction_isolation=serializable', 'transactions are serializable'],
    ['for a session without triggers', 'session_replication_role=replica', 'is replica already'],
  ])('%s', async (_title, setting, reason) => {
    const table = await make(CHILD)
    const other = new pg.Pool({connectionString: inject('databaseUrl'), options: `-c ${setting}`})
    const {way, reasons} = await wayOf(other, table).finally(() => other.end())
    expect({way, reasons}).toEqual({way: 'rows', reasons: [expect.stringContaining(reason)]})
  })
})

it('is neither for a table without a foreign key', async () => {
  expect(await wayOf(context.pool, await make('CREATE TABLE t (id int)'), 'set')).toEqual({
    ...plain,
    way: 'none',
  })
})

it('is refused where only the set is wanted, and it cannot be', async () => {
  const table = await make(trigger('AFTER INSERT'))
  await expect(wayOf(context.pool, table, 'set')).rejects.toMatchObject({
    kind: 'refused',
    message: expect.stringContaining('trigger g'),
  })
})

describe('an ordinary role', () => {
  const role = `setter_${randomBytes(6).toString('hex')}`
  let asRole: pg.Pool
  beforeAll(async () => {
    await context.pool.query(`CREATE ROLE ${role} LOGIN PASSWORD 'test'`)
    asRole = new pg.Pool({connectionString: databaseUrl({user: role})})
  })
  afterAll(async () => {
    await asRole.end()
    await context.pool.query(`DROP OWNED BY ${role}; DROP ROLE ${role}`)
  })

  it('is told the grants that make it possible, which do; before Postgres 15 there are none', async () => {
    const table = await make(CHILD)
    const schema = table.replace('.t', '')
    await context.pool.query(
      `GRANT USAGE ON SCHEMA ${schema} TO ${role}; GRANT SELECT ON ${schema}.p TO ${role}; GRANT INSERT ON ${table} TO ${role}`,
    )
    const before = await wayOf(asRole, table)
    expect(before.way).toBe('rows')
    if ((await postgresMajor(context)) < 15) {
      expect(before).toMatchObject({
        grant: null,
        reasons: [expect.any(String), expect.stringContaining('superusers')],
      })
      return
    }
    expect(before.grant).toBe(
      `GRANT SELECT, UPDATE ON ${schema}.p TO ${role}; GRANT SET ON PARAMETER session_replication_role TO ${role}`,
    )
    await context.pool.query(String(before.grant))
    expect(await wayOf(asRole, table)).toEqual(plain)
    // It holds for Postgres as well
    await asRole.query(
      `BEGIN; SET LOCAL session_replication_role = replica; SELECT FROM ${schema}.p FOR KEY SHARE; ROLLBACK`,
    )
  })

  it('is told of no grant where none would help', async () => {
    const table = await make('CREATE TABLE t (id int PRIMARY KEY, p int REFERENCES t)')
    await context.pool.query(`GRANT USAGE ON SCHEMA ${table.replace('.t', '')} TO ${role}`)
    expect((await wayOf(asRole, table)).grant).toBeNull()
  })
})
