import {expect, it} from 'vitest'
import {testSink, useServers} from '../../support/context.ts'
import {drainInto} from '../../support/drain-into.ts'

const context = useServers()

const PARENT = 'CREATE TABLE p (id int PRIMARY KEY); INSERT INTO p VALUES (1)'
const CLEAN =
  'DROP TABLE IF EXISTS t, p, q, log CASCADE; DROP FUNCTION IF EXISTS f CASCADE; DROP FUNCTION IF EXISTS g CASCADE'
/** A function that writes to a table whose foreign key it breaks. */
const LOG = 'CREATE TABLE log (p int REFERENCES p)'
const WRITER = (language: string, body: string) =>
  `CREATE FUNCTION f() RETURNS ${language} AS $$ BEGIN INSERT INTO log VALUES (77); ${body} END $$`

/**
 * For each guard a table, and what is wrong in the database if the guard is not heeded: SQL for the number of rows that
 * Postgres itself would not have let happen.
 */
const CASES: Array<[guard: string, sql: string, record: string, wrong: string]> = [
  [
    'a trigger is silenced',
    `${PARENT}; CREATE TABLE log (p int); CREATE TABLE t (id int, p int REFERENCES p);
${WRITER('trigger LANGUAGE plpgsql', 'RETURN NULL;')}; CREATE TRIGGER g AFTER INSERT ON t FOR EACH ROW EXECUTE FUNCTION f()`,
    '{"id":1,"p":1}',
    'SELECT count(*) - (SELECT count(*) FROM log) FROM t',
  ],
  [
    'a trigger that always runs writes where nothing is checked',
    `${PARENT}; ${LOG}; CREATE TABLE t (id int, p int REFERENCES p); ${WRITER('trigger LANGUAGE plpgsql', 'RETURN NULL;')};
CREATE TRIGGER g AFTER INSERT ON t FOR EACH ROW EXECUTE FUNCTION f(); ALTER TABLE t ENABLE ALWAYS TRIGGER g`,
    '{"id":1,"p":1}',
    'SELECT count(*) FROM log WHERE p NOT IN (SELECT id FROM p)',
  ],
  [
    'a trigger of replicas runs',
    `${PARENT}; CREATE TABLE log (p int); CREATE TABLE t (id int, p int REFERENCES p); ${WRITER('trigger LANGUAGE plpgsql', 'RETURN NULL;')};
CREATE TRIGGER g AFTER INSERT ON t FOR EACH ROW EXECUTE FUNCTION f(); ALTER TABLE t ENABLE REPLICA TRIGGER g`,
    '{"id":1,"p":1}',
    'SELECT count(*) FROM log',
  ],
  [
    'a default writes where nothing is checked',
    `${PARENT}; ${LOG}; ${WRITER('int LANGUAGE plpgsql', 'RETURN 5;')};
CREATE TABLE t (id int, p int REFERENCES p, n int DEFAULT f())`,
    '{"id":1,"p":1}',
    'SELECT count(*) FROM log WHERE p NOT IN (SELECT id FROM p)',
  ],
  [
    'a late unique key is not checked',
    `${PARENT}; CREATE TABLE t (id int, u int UNIQUE DEFERRABLE, p int REFERENCES p); INSERT INTO t VALUES (0, 1, 1)`,
    '{"id":1,"u":1,"p":1}',
    'SELECT count(*) - count(DISTINCT u) FROM t',
  ],
  [
    'a key that is MATCH FULL may be null in part',
    'CREATE TABLE p (a int, b int, PRIMARY KEY (a, b)); CREATE TABLE t (id int, a int, b int, FOREIGN KEY (a, b) REFERENCES p MATCH FULL)',
    '{"id":1,"a":1,"b":null}',
    'SELECT count(*) FROM t WHERE (a IS NULL) <> (b IS NULL)',
  ],
  [
    'a generated key has no parent',
    `${PARENT}; CREATE TABLE t (id int, g int GENERATED ALWAYS AS (id + 76) STORED REFERENCES p, p int REFERENCES p)`,
    '{"id":1,"p":1}',
    'SELECT count(*) FROM t WHERE g NOT IN (SELECT id FROM p)',
  ],
  [
    'an identity has no parent',
    `${PARENT}; CREATE TABLE t (id int, g int GENERATED ALWAYS AS IDENTITY (START 77) REFERENCES p, p int REFERENCES p)`,
    '{"id":1,"p":1}',
    'SELECT count(*) FROM t WHERE g NOT IN (SELECT id FROM p)',
  ],
  [
    'the key of a partition is not checked',
    `${PARENT}; CREATE TABLE t (id int, p int REFERENCES p) PARTITION BY RANGE (id); CREATE TABLE q PARTITION OF t DEFAULT;
ALTER TABLE q ADD FOREIGN KEY (id) REFERENCES p`,
    '{"id":77,"p":1}',
    'SELECT count(*) FROM t WHERE id NOT IN (SELECT id FROM p)',
  ],
]

/** Drains a record into a new table. @param heeded whether the way is the one that the guards allow */
async function wrongRows([, sql, record, wrong]: (typeof CASES)[number], heeded: boolean): Promise<number> {
  await context.pool.query(`${CLEAN}; ${sql}`)
  const sink = await testSink(context, 't')
  expect(sink.keys.way).toBe('rows')
  const keys = heeded ? sink.keys : {way: 'set' as const, reasons: [], grant: null}
  await drainInto(context, 't', [record], {opened: async (opened) => Object.assign(opened, {keys})})
  const {rows} = await context.pool.query(`SELECT (${wrong})::int AS n`)
  return rows[0].n
}

it.each(CASES)('without its guard, %s; with it, nothing is wrong', async (...one) => {
  expect(await wrongRows(one, false)).toBe(1)
  expect(await wrongRows(one, true)).toBe(0)
})
