import {describe, expect, it} from 'vitest'
import {eventWords} from '../../src/render/work-events.ts'
import type {WorkEvent} from '../../src/worker/events.ts'
import {tellEvents} from '../../src/worker/tell-events.ts'
import {deadLetters, drainAll, push, testSink, useServers} from '../support/context.ts'

const context = useServers()

/** Drains records into a table that is changed once the worker has read it. */
async function drainChanged(table: string, create: string, change: string, records: string[], options = {}) {
  await context.pool.query(create)
  const sink = await testSink(context, table, options)
  await context.pool.query(change)
  const at = context.newQueue()
  await push(context, at.keys, records)
  const tally = await drainAll(context, sink, at, {workers: 1})
  const letters = await deadLetters(context, at.keys)
  return {tally, letters, rows: (await context.pool.query(`SELECT * FROM ${table} ORDER BY 1`)).rows}
}

describe('a table that changes while a worker drains', () => {
  it('gets the values of a column that was added', async () => {
    const {rows, tally} = await drainChanged(
      'grows',
      'CREATE TABLE grows (a int)',
      'ALTER TABLE grows ADD COLUMN b text',
      ['{"a":1,"b":"x"}', '{"a":2}', '{"points":[{"a":3,"b":"y"}]}'],
    )
    expect(rows).toEqual([
      {a: 1, b: 'x'},
      {a: 2, b: null},
      {a: 3, b: 'y'},
    ])
    expect(tally).toMatchObject({unknownKeyCount: 0, deadLettered: 0})
  })

  it('gets them also where unknown keys are refused', async () => {
    const {rows, letters} = await drainChanged(
      'grows_strictly',
      'CREATE TABLE grows_strictly (a int)',
      'ALTER TABLE grows_strictly ADD COLUMN b int',
      ['{"a":1,"b":2}', '{"a":2,"c":3}'],
      {strict: true},
    )
    expect(rows).toEqual([{a: 1, b: 2}])
    expect(letters.map(({code}) => code)).toEqual(['UNKNOWN_KEY'])
  })

  it('gets the values of a column that was renamed', async () => {
    const {rows} = await drainChanged(
      'turns',
      'CREATE TABLE turns (a int, b int DEFAULT 5)',
      'ALTER TABLE turns RENAME COLUMN b TO c',
      ['{"a":1,"c":2}'],
    )
    expect(rows).toEqual([{a: 1, c: 2}])
  })

  it('makes the worker say at once that records still give the old name of a column, and only once', async () => {
    const events: WorkEvent[] = []
    await context.pool.query('CREATE TABLE renames (a int, celsius int)')
    const sink = await testSink(context, 'renames')
    await context.pool.query('ALTER TABLE renames RENAME COLUMN celsius TO temperature')
    const at = context.newQueue()
    await push(context, at.keys, ['{"a":1,"celsius":2,"never":3}', '{"a":2,"celsius":3}'])
    const observers = [tellEvents([sink], (event) => events.push(event))]
    await drainAll(context, sink, at, {workers: 1, batch: 1, observers})
    const said = events.map((event) => eventWords(event, at.queue))
    expect(said).toHaveLength(3)
    expect(said[0]).toMatch(/has changed: column "celsius" is now called "temperature"$/)
    expect(said[1]).toMatch(/no longer has the column "celsius", but records still give it/)
    expect(said[2]).toMatch(/^records have a key without a column in \S+: "never" \(for example 3\)$/)
  })

  it('is written without a column that was dropped', async () => {
    const {rows, tally} = await drainChanged(
      'loses',
      'CREATE TABLE loses (a int, b int)',
      'ALTER TABLE loses DROP COLUMN b',
      ['{"a":1,"b":2}', '{"a":2}'],
    )
    expect(rows).toEqual([{a: 1}, {a: 2}])
    expect(tally.unknownKeys).toEqual({b: 1})
  })

  it('may have been replaced by another of its name', async () => {
    const {rows} = await drainChanged(
      'replaced',
      'CREATE TABLE replaced (a int)',
      'ALTER TABLE replaced RENAME TO replaced_old; CREATE TABLE replaced (a text, b int)',
      ['{"a":"word","b":1}'],
    )
    expect(rows).toEqual([{a: 'word', b: 1}])
  })

  it('may drop rows by a trigger that it did not have', async () => {
    const {tally, rows} = await drainChanged(
      'filters',
      'CREATE TABLE filters (a int)',
      `CREATE FUNCTION odd_only() RETURNS trigger LANGUAGE plpgsql AS
       $$ BEGIN IF NEW.a % 2 = 0 THEN RETURN NULL; END IF; RETURN NEW; END $$;
       CREATE TRIGGER odd BEFORE INSERT ON filters FOR EACH ROW EXECUTE FUNCTION odd_only()`,
      ['{"a":1}', '{"a":2}', '{"a":3}'],
    )
    expect(rows).toEqual([{a: 1}, {a: 3}])
    expect(tally).toMatchObject({inserted: 2, alreadyThere: 0, suppressed: 1})
  })

  it('may have got its unique key only then', async () => {
    const {tally, rows} = await drainChanged(
      'keyed',
      'CREATE TABLE keyed (a int, b int); INSERT INTO keyed VALUES (1, 1)',
      'ALTER TABLE keyed ADD PRIMARY KEY (a), ADD UNIQUE (b)',
      ['{"a":1,"b":2}', '{"a":2,"b":1}', '{"a":3,"b":3}'],
    )
    expect(rows).toEqual([
      {a: 1, b: 1},
      {a: 3, b: 3},
    ])
    expect(tally).toMatchObject({inserted: 1, alreadyThere: 1, deadLettersByReason: {constraint: 1}})
  })

  it('may meet a key of another table in a trigger, which is no change of its own', async () => {
    const {tally, letters} = await drainChanged(
      'logging',
      `CREATE TABLE logging_log (a int PRIMARY KEY); INSERT INTO logging_log VALUES (1); CREATE TABLE logging (a int);
       CREATE FUNCTION log_it() RETURNS trigger LANGUAGE plpgsql AS
       $$ BEGIN INSERT INTO logging_log VALUES (NEW.a); RETURN NEW; END $$;
       CREATE TRIGGER log BEFORE INSERT ON logging FOR EACH ROW EXECUTE FUNCTION log_it()`,
      'SELECT',
      ['{"a":1}', '{"a":2}', '{"a":1,"x":1}'],
    )
    expect(tally).toMatchObject({inserted: 1, deadLettered: 2})
    expect(letters.map(({code}) => code)).toEqual(['23505', '23505'])
  })
})
