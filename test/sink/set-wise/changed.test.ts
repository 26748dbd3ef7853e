import {describe, expect, it} from 'vitest'
import {testSink, useServers} from '../../support/context.ts'
import {drainInto} from '../../support/drain-into.ts'

const context = useServers()

const CHILD =
  'CREATE TABLE p (id int PRIMARY KEY); INSERT INTO p VALUES (1), (2); CREATE TABLE t (id int, p int REFERENCES p)'
const PARTS = `${CHILD} PARTITION BY RANGE (id); CREATE TABLE t1 PARTITION OF t FOR VALUES FROM (0) TO (2)`
const AUDIT = `CREATE TABLE seen (id int); CREATE FUNCTION see() RETURNS trigger LANGUAGE plpgsql
AS $$ BEGIN INSERT INTO seen VALUES (NEW.id); RETURN NEW; END $$;`
const trigger = (table: string) =>
  `${AUDIT} CREATE TRIGGER see AFTER INSERT ON ${table} FOR EACH ROW EXECUTE FUNCTION see()`
const CLEAN = 'DROP TABLE IF EXISTS t, p, q, old, seen, part CASCADE; DROP FUNCTION IF EXISTS see CASCADE'

/** Drains records into a table that is changed once a worker has chosen to check its keys by the set. */
async function drainChanged(create: string, change: string, records: string[]) {
  await context.pool.query(`${CLEAN}; ${create}`)
  expect((await testSink(context, 't')).keys.way).toBe('set')
  return drainInto(context, 't', records, {opened: () => context.pool.query(change)})
}

const seen = async () => (await context.pool.query('SELECT id FROM seen ORDER BY 1')).rows.map(({id}) => id)

describe('after a change of the table, nothing that the change brings is silenced', () => {
  it.each([
    ['a trigger', CHILD, trigger('t')],
    [
      'a trigger that is enabled again',
      `${CHILD}; ${trigger('t')}; ALTER TABLE t DISABLE TRIGGER see`,
      'ALTER TABLE t ENABLE TRIGGER see',
    ],
    ['a trigger of a partition', PARTS, trigger('t1')],
    [
      'a partition with a trigger',
      `${CHILD} PARTITION BY RANGE (id)`,
      `CREATE TABLE part (id int, p int); ${trigger('part')}; ALTER TABLE t ATTACH PARTITION part FOR VALUES FROM (0) TO (9)`,
    ],
  ])('%s', async (_title, create, change) => {
    const {rows} = await drainChanged(create, change, ['{"id":1,"p":1}'])
    expect(rows).toEqual([{id: 1, p: 1}])
    expect(await seen()).toEqual([1])
  })

  it.each([
    [
      'a foreign key',
      CHILD,
      'CREATE TABLE q (id int PRIMARY KEY); ALTER TABLE t ADD FOREIGN KEY (id) REFERENCES q',
    ],
    [
      'a foreign key of a partition',
      PARTS,
      'CREATE TABLE q (id int PRIMARY KEY); ALTER TABLE t1 ADD FOREIGN KEY (id) REFERENCES q',
    ],
    [
      'a parent that is replaced',
      CHILD,
      'ALTER TABLE p RENAME TO old; DELETE FROM old; CREATE TABLE p AS SELECT 1 AS id',
    ],
    [
      'a parent whose columns change places',
      CHILD,
      'ALTER TABLE p RENAME id TO was; ALTER TABLE p ADD id int DEFAULT 1; UPDATE p SET was = was + 10',
    ],
    [
      'a table that is replaced',
      CHILD,
      'ALTER TABLE t RENAME TO old; CREATE TABLE q (id int PRIMARY KEY); CREATE TABLE t (id int REFERENCES q, p int)',
    ],
    [
      'a default in place of a null',
      `${CHILD.replace('p int REFERENCES', 'p int, q int REFERENCES')}`,
      'ALTER TABLE t ALTER q SET DEFAULT 77',
    ],
    [
      'a unique key that is checked late',
      `${CHILD}; INSERT INTO t VALUES (1, 1)`,
      'ALTER TABLE t ADD UNIQUE (id) DEFERRABLE',
    ],
  ])('%s', async (_title, create, change) => {
    const {tally, letters} = await drainChanged(create, change, ['{"id":1,"p":1}'])
    expect({inserted: tally.inserted, deadLettered: tally.deadLettered + tally.alreadyThere}).toEqual({
      inserted: 0,
      deadLettered: 1,
    })
    expect(letters.every(({code}) => code === '23503')).toBe(true)
  })
})
