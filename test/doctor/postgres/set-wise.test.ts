import {randomBytes} from 'node:crypto'
import pg from 'pg'
import {afterAll, beforeAll, describe, expect, it} from 'vitest'
import {judgeSetWise} from '../../../src/doctor/postgres/set-wise.ts'
import {postgresMajor} from '../../support/outside.ts'
import {factsOf, useDatabase} from './examine.ts'

const own = useDatabase()
let number = 0

/** Judges a table `t` that refers to `p`, made by a superuser. */
async function judged(sql: string) {
  const schema = `s${++number}`
  await own.pool.query(`BEGIN; CREATE SCHEMA ${schema}; SET LOCAL search_path = ${schema};
CREATE TABLE p (id int PRIMARY KEY, other int UNIQUE); ${sql}; COMMIT`)
  return judgeSetWise(await factsOf(own.pool, `${schema}.t`))
}

const CHILD = 'CREATE TABLE t (id int PRIMARY KEY, p int CONSTRAINT to_p REFERENCES p)'
const FUNCTION = `CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'`
const trigger = (when: string) =>
  `${CHILD}; ${FUNCTION}; CREATE TRIGGER g ${when} ON t FOR EACH ROW EXECUTE FUNCTION f()`

describe('it is possible', () => {
  it.each([
    ['for a plain foreign key', CHILD],
    [
      'beside a trigger that always runs, after',
      `${trigger('AFTER INSERT')}; ALTER TABLE t ENABLE ALWAYS TRIGGER g`,
    ],
    ['beside a trigger that is disabled', `${trigger('BEFORE INSERT')}; ALTER TABLE t DISABLE TRIGGER g`],
    ['beside a trigger that does not see inserts', trigger('BEFORE UPDATE')],
    [
      'in a partitioned table',
      `CREATE TABLE t (id int PRIMARY KEY, p int REFERENCES p) PARTITION BY RANGE (id);
CREATE TABLE t1 PARTITION OF t FOR VALUES FROM (0) TO (9)`,
    ],
  ])('%s', async (_title, sql) => {
    expect(await judged(sql)).toEqual({possible: true, reasons: [], grant: null})
  })
})

describe('it is not possible', () => {
  it.each([
    ['without a foreign key', 'CREATE TABLE t (id int PRIMARY KEY)', 'no foreign key'],
    ['with a trigger that would be silent', trigger('AFTER INSERT'), 'trigger g would not run'],
    [
      'with a trigger that would begin to run',
      `${trigger('AFTER INSERT')}; ALTER TABLE t ENABLE REPLICA TRIGGER g`,
      'trigger g would not run as it does now',
    ],
    [
      'with a trigger that may change the key',
      `${trigger('BEFORE INSERT')}; ALTER TABLE t ENABLE ALWAYS TRIGGER g`,
      'trigger g may change a record',
    ],
    ['with a rule', `${CHILD}; CREATE RULE r AS ON INSERT TO t DO ALSO NOTIFY x`, 'rule r would not run'],
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
      'generated',
    ],
    [
      'with a parent in partitions',
      'CREATE TABLE q (id int PRIMARY KEY) PARTITION BY RANGE (id); CREATE TABLE t (q int REFERENCES q)',
      'partitions',
    ],
    ['with a parent that has heirs', `${CHILD}; CREATE TABLE heir () INHERITS (p)`, 'heirs'],
    ['with row security of the parent', `${CHILD}; ALTER TABLE p ENABLE ROW LEVEL SECURITY`, 'row security'],
    [
      'with a key that is checked late, by a trigger',
      'CREATE TABLE t (id int UNIQUE DEFERRABLE, p int REFERENCES p)',
      'deferrable',
    ],
    [
      'in a partition with a trigger of its own',
      `CREATE TABLE t (id int PRIMARY KEY, p int REFERENCES p) PARTITION BY RANGE (id);
CREATE TABLE t1 PARTITION OF t FOR VALUES FROM (0) TO (9);
${FUNCTION}; CREATE TRIGGER g AFTER INSERT ON t1 FOR EACH ROW EXECUTE FUNCTION f()`,
      'trigger g',
    ],
    ['for a view', `${CHILD.replace('TABLE t', 'TABLE b')}; CREATE VIEW t AS SELECT * FROM b`, 'not a table'],
  ])('%s', async (_title, sql, reason) => {
    const {possible, reasons, grant} = await judged(sql)
    expect({possible, grant}).toEqual({possible: false, grant: null})
    expect(reasons).toEqual([expect.stringContaining(reason)])
  })

  it('with another isolation than read committed', async () => {
    await judged(CHILD)
    const serializable = new pg.Pool({
      connectionString: own.url,
      options: '-c default_transaction_isolation=serializable',
    })
    const {possible, reasons} = judgeSetWise(await factsOf(serializable, `s${number}.t`))
    await serializable.end()
    expect({possible, reasons}).toEqual({
      possible: false,
      reasons: ['transactions are serializable, not read committed'],
    })
  })

  it('without a table', async () => {
    expect(judgeSetWise(await factsOf(own.pool))).toMatchObject({possible: false, grant: null})
    expect(judgeSetWise(await factsOf(own.pool, 'nowhere'))).toMatchObject({possible: false, grant: null})
  })
})

describe('an ordinary role', () => {
  const role = `setter_${randomBytes(6).toString('hex')}`
  let asRole: pg.Pool
  beforeAll(async () => {
    await own.pool.query(`CREATE ROLE ${role} LOGIN PASSWORD 'test'`)
    asRole = new pg.Pool({connectionString: Object.assign(new URL(own.url), {username: role}).href})
  })
  afterAll(async () => {
    await asRole.end()
    await own.pool.query(`DROP OWNED BY ${role}; DROP ROLE ${role}`)
  })

  it('is told the grants that make it possible, which do; before Postgres 15 there are none', async () => {
    await judged(CHILD)
    const table = `s${number}.t`
    await own.pool.query(
      `GRANT USAGE ON SCHEMA s${number} TO ${role}; GRANT SELECT ON s${number}.p TO ${role}`,
    )
    const before = judgeSetWise(await factsOf(asRole, table))
    expect(before.possible).toBe(false)
    if ((await postgresMajor(own)) < 15) {
      expect(before).toMatchObject({
        grant: null,
        reasons: [expect.any(String), expect.stringContaining('superusers')],
      })
      return
    }
    expect(before.grant).toBe(
      `GRANT SELECT, UPDATE ON s${number}.p TO ${role}; GRANT SET ON PARAMETER session_replication_role TO ${role}`,
    )
    await own.pool.query(String(before.grant))
    expect(judgeSetWise(await factsOf(asRole, table))).toEqual({possible: true, reasons: [], grant: null})
    // It holds for Postgres as well
    await asRole.query(
      `BEGIN; SET LOCAL session_replication_role = replica; SELECT FROM s${number}.p FOR KEY SHARE; ROLLBACK`,
    )
  })

  it('is told of no grant where none would help', async () => {
    await judged('CREATE TABLE t (id int PRIMARY KEY, p int REFERENCES t)')
    await own.pool.query(`GRANT USAGE ON SCHEMA s${number} TO ${role}`)
    expect(judgeSetWise(await factsOf(asRole, `s${number}.t`)).grant).toBeNull()
  })
})
