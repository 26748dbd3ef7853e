import pg from 'pg'
import {describe, expect, inject, it, vi} from 'vitest'
import type {KeyCheck} from '../../../src/sink/set-wise/way.ts'
import {useServers} from '../../support/context.ts'
import {drainInto} from '../../support/drain-into.ts'

const context = useServers()

/** What a drain says of a letter, without its times. */
const told = (letters: Array<Record<string, unknown>>) =>
  letters
    .map(({payload, reason, code, message, detail, constraint}) => ({
      payload,
      reason,
      code,
      message,
      detail,
      constraint,
    }))
    .sort((a, b) => String(a.payload).localeCompare(String(b.payload)))

/** Drains the same records into the table, made anew, in both ways. */
async function bothWays(sql: string, records: string[]) {
  const drain = async (foreignKeys: KeyCheck) => {
    await context.pool.query(`DROP TABLE IF EXISTS t, p CASCADE; ${sql}`)
    const {rows, letters, tally} = await drainInto(context, 't', records, {sink: {foreignKeys}})
    return {
      rows,
      letters: told(letters),
      counts: {inserted: tally.inserted, deadLettered: tally.deadLettered},
    }
  }
  const queries = vi.spyOn(pg.Client.prototype, 'query')
  try {
    const bySet = await drain('set')
    const texts = queries.mock.calls.map(([query]) => String(query))
    return {
      bySet,
      byRows: await drain('rows'),
      silences: texts.filter((text) => text.includes('= replica')).length,
    }
  } finally {
    queries.mockRestore()
  }
}

describe('what is written and refused by the set is what Postgres writes and refuses by the row', () => {
  const ids = 'CREATE TABLE p (id int PRIMARY KEY); INSERT INTO p VALUES (1), (2), (30)'
  const missing = ['{"id":1,"p":1}', '{"id":2,"p":9}', '{"id":3,"p":null}', '{"id":4}', '{"id":5,"p":2}']
  it.each([
    ['a plain key', `${ids}; CREATE TABLE t (id int, p int REFERENCES p)`, missing],
    [
      'two keys',
      `${ids}; CREATE TABLE t (id int, p int REFERENCES p, q int REFERENCES p)`,
      ['{"id":1,"p":1,"q":2}', '{"id":2,"p":1,"q":9}', '{"id":3,"p":9,"q":1}', '{"id":4,"p":8,"q":9}'],
    ],
    [
      'a key of two columns, with nulls',
      `CREATE TABLE p (a int, b text, PRIMARY KEY (a, b)); INSERT INTO p VALUES (1, 'x'), (2, 'y');
CREATE TABLE t (id int, a int, b text, FOREIGN KEY (a, b) REFERENCES p)`,
      [
        '{"id":1,"a":1,"b":"x"}',
        '{"id":2,"a":1,"b":"y"}',
        '{"id":3,"a":7,"b":null}',
        '{"id":4,"b":"z"}',
        '{"id":5,"a":2,"b":"y"}',
      ],
    ],
    [
      'a parent in partitions',
      `CREATE TABLE p (id int PRIMARY KEY) PARTITION BY RANGE (id); CREATE TABLE p1 PARTITION OF p FOR VALUES FROM (0) TO (2);
CREATE TABLE p2 PARTITION OF p DEFAULT; INSERT INTO p VALUES (1), (2), (30); CREATE TABLE t (id int, p int REFERENCES p)`,
      missing,
    ],
    [
      'a parent with heirs, whose rows are no parents',
      `${ids}; CREATE TABLE heir () INHERITS (p); INSERT INTO heir VALUES (9); CREATE TABLE t (id int, p int REFERENCES p)`,
      missing,
    ],
    [
      'partitions',
      `${ids}; CREATE TABLE t (id int, p int REFERENCES p) PARTITION BY RANGE (id);
CREATE TABLE t1 PARTITION OF t FOR VALUES FROM (0) TO (3); CREATE TABLE t2 PARTITION OF t DEFAULT`,
      missing,
    ],
    [
      'a deferred key',
      `${ids}; CREATE TABLE t (id int, p int REFERENCES p DEFERRABLE INITIALLY DEFERRED)`,
      missing,
    ],
    [
      'a key that is not validated',
      `${ids}; CREATE TABLE t (id int, p int); INSERT INTO t VALUES (0, 77);
ALTER TABLE t ADD FOREIGN KEY (p) REFERENCES p NOT VALID`,
      missing,
    ],
    [
      'a key of another type than its parent',
      'CREATE TABLE p (id numeric PRIMARY KEY); INSERT INTO p VALUES (1), (2); CREATE TABLE t (id int, p int REFERENCES p)',
      missing,
    ],
    [
      'a default that has a parent, and one that has none',
      `${ids}; CREATE TABLE t (id int, p int DEFAULT 30 REFERENCES p, q int DEFAULT 9 REFERENCES p)`,
      [
        '{"id":1,"p":1,"q":1}',
        '{"id":2,"p":2}',
        '{"id":3,"q":2}',
        '{"id":4,"p":9,"q":1}',
        '{"id":5,"q":null}',
      ],
    ],
    [
      'an interval, which a cast reads otherwise',
      `CREATE TABLE p (id interval minute PRIMARY KEY); INSERT INTO p VALUES ('0 minutes'), ('2 minutes');
CREATE TABLE t (id int, p interval minute REFERENCES p)`,
      ['{"id":1,"p":"1"}', '{"id":2,"p":"2"}', '{"id":3,"p":"0"}'],
    ],
    [
      'JSON values',
      `CREATE TABLE p (id jsonb PRIMARY KEY); INSERT INTO p VALUES ('1'), ('"1"'), ('{"a":[1]}');
CREATE TABLE t (id int, p jsonb REFERENCES p)`,
      [
        '{"id":1,"p":1}',
        '{"id":2,"p":"1"}',
        '{"id":3,"p":{"a": [1]}}',
        '{"id":4,"p":"2"}',
        '{"id":5,"p":[]}',
      ],
    ],
    [
      'texts',
      `CREATE TABLE p (id varchar(5) PRIMARY KEY); INSERT INTO p VALUES ('a"b'), ('é'), ('');
CREATE TABLE t (id int, p varchar(5) REFERENCES p)`,
      [
        '{"id":1,"p":"a\\"b"}',
        '{"id":2,"p":"é"}',
        '{"id":3,"p":""}',
        '{"id":4,"p":"\\u00e9"}',
        '{"id":5,"p":"zz"}',
      ],
    ],
    [
      'a parent in another schema, with names that need quotes',
      `DROP SCHEMA IF EXISTS ${context.schema}_x CASCADE; CREATE SCHEMA ${context.schema}_x;
CREATE TABLE ${context.schema}_x."P q" ("I d" int PRIMARY KEY); INSERT INTO ${context.schema}_x."P q" VALUES (1), (2);
CREATE TABLE t (id int, p int REFERENCES ${context.schema}_x."P q")`,
      missing,
    ],
  ])('%s', async (_title, sql, records) => {
    const {bySet, byRows, silences} = await bothWays(sql, records)
    expect(bySet).toEqual(byRows)
    expect(byRows.counts.deadLettered).toBeGreaterThan(0)
    // One asks whether the role may, and one is for the lease
    expect(silences).toBe(2)
    await context.pool.query(`DROP SCHEMA IF EXISTS ${context.schema}_x CASCADE`)
  })

  it('and so is what conflicts with a key', async () => {
    const sql = `CREATE TABLE p (id int PRIMARY KEY); INSERT INTO p VALUES (1);
CREATE TABLE t (id int PRIMARY KEY, p int REFERENCES p, u int UNIQUE); INSERT INTO t VALUES (1, 1, 1)`
    const records = [
      '{"id":1,"p":1,"u":5}',
      '{"id":2,"p":1,"u":1}',
      '{"id":3,"p":9,"u":3}',
      '{"id":4,"p":1,"u":4}',
    ]
    const {bySet, byRows} = await bothWays(sql, records)
    expect(bySet).toEqual(byRows)
    expect(byRows.counts).toEqual({inserted: 1, deadLettered: 2})
  })
})

it.each(['repeatable read', 'serializable'])('transactions that are %s go by the row', async (isolation) => {
  await context.pool.query(`DROP TABLE IF EXISTS t, p CASCADE; CREATE TABLE p (id int PRIMARY KEY);
INSERT INTO p VALUES (1); CREATE TABLE t (id int, p int REFERENCES p)`)
  const pool = new pg.Pool({
    connectionString: inject('databaseUrl'),
    options: `-c search_path=${context.schema} -c default_transaction_isolation=${isolation.replace(' ', '\\ ')}`,
  })
  const queries = vi.spyOn(pg.Client.prototype, 'query')
  const drained = await drainInto({...context, pool}, 't', ['{"id":1,"p":1}', '{"id":2,"p":2}']).finally(() =>
    pool.end(),
  )
  const silences = queries.mock.calls.filter(([query]) => String(query).includes('= replica'))
  queries.mockRestore()
  expect(drained.rows).toEqual([{id: 1, p: 1}])
  expect(drained.letters.map(({code}) => code)).toEqual(['23503'])
  // The one that asks whether the role may
  expect(silences).toHaveLength(1)
})
