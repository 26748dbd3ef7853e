import type {PoolClient} from 'pg'
import {describe, expect, it} from 'vitest'
import {judgeLetters} from '../../src/letters/diagnose.ts'
import {Letter} from '../../src/queue/letters/letter.ts'
import {openSink} from '../../src/sink/sink.ts'
import {Sinks} from '../../src/sink/sinks.ts'
import {testSink, useServers, withClient} from '../support/context.ts'

const context = useServers()

/** The verdicts of `diagnose` on another program's dead letters with these records. */
async function judge(
  table: string,
  records: string[],
  options: {judgesTypes?: boolean; before?: string} = {},
) {
  const letters = records.map((record) => new Letter(Buffer.from(`{"points":[${record}]}`), 1))
  const sinkOptions = (await testSink(context, table)).options
  return withClient(context, async (client) => {
    const sink = await openSink(client, sinkOptions)
    if (options.judgesTypes === false) Object.assign(sink, {judgesTypes: false})
    if (options.before) await client.query(options.before)
    try {
      const verdicts = await judgeLetters(client, new Sinks([sink]), letters)
      return verdicts.map((verdict) =>
        verdict.state === 'passing' ? 'passing' : `${verdict.state} ${verdict.cause.code}`,
      )
    } finally {
      await reset(client)
    }
  })
}

async function reset(client: PoolClient): Promise<void> {
  await client.query('ROLLBACK; RESET ROLE; RESET default_transaction_read_only')
}

describe.each([true, false])('letters are judged by writing them (whole-set queries: %s)', (judgesTypes) => {
  const name = (table: string) => `${table}_${judgesTypes ? 'new' : 'old'}`

  it('values, keys, checks, triggers, policies and duplicates, each as the worker would meet it', async () => {
    const table = name('judged')
    await context.pool.query(`
CREATE TABLE ${table}_parent (id int PRIMARY KEY); INSERT INTO ${table}_parent VALUES (1);
CREATE TABLE ${table} (id int PRIMARY KEY, parent int REFERENCES ${table}_parent DEFERRABLE INITIALLY DEFERRED,
  mail text UNIQUE, size int CHECK (size > 0), tags int[], must text NOT NULL DEFAULT 'x');
INSERT INTO ${table} (id, mail) VALUES (100, 'taken');
CREATE FUNCTION ${table}_t() RETURNS trigger LANGUAGE plpgsql AS
  $$ BEGIN IF NEW.size = 13 THEN RAISE EXCEPTION 'no' USING ERRCODE = '55000'; END IF; RETURN NEW; END $$;
CREATE TRIGGER t BEFORE INSERT ON ${table} FOR EACH ROW EXECUTE FUNCTION ${table}_t()`)
    const records = [
      ['{"id":1,"parent":1}', 'passing'],
      ['{"id":2,"parent":2}', 'failing 23503'],
      ['{"id":3,"mail":"taken"}', 'failing 23505'],
      ['{"id":100,"mail":"other"}', 'passing'],
      ['{"id":4,"size":0}', 'failing 23514'],
      ['{"id":5,"tags":[1,"x"]}', 'failing 22P02'],
      ['{"id":6,"tags":[1,2]}', 'passing'],
      ['{"id":7,"must":null}', 'failing 23502'],
      ['{"id":8,"size":13}', 'failing 55000'],
      ['{"id":"9x"}', 'failing 22P02'],
      ['{}', 'failing NO_COLUMN'],
      ['{"id":10},{"id":11,"size":-1}', 'failing 23514'],
      ['{"id":12', 'failing JSON'],
    ]
    expect(
      await judge(
        table,
        records.map(([record]) => record),
        {judgesTypes},
      ),
    ).toEqual(records.map(([, verdict]) => verdict))
    expect((await context.pool.query(`SELECT id FROM ${table}`)).rows).toEqual([{id: 100}])
  })

  it('500 missing parents of 500 are all failing', async () => {
    const table = name('orphans')
    await context.pool.query(
      `CREATE TABLE ${table}_parent (id int PRIMARY KEY); CREATE TABLE ${table} (id int REFERENCES ${table}_parent)`,
    )
    const records = Array.from({length: 500}, (_, i) => `{"id":${i}}`)
    expect(new Set(await judge(table, records, {judgesTypes}))).toEqual(new Set(['failing 23503']))
  })
})

describe('what cannot be known is not said', () => {
  it('where this role may not write', async () => {
    const role = `${context.schema}_reader`
    await context.pool.query(`CREATE TABLE read_only (a int); CREATE ROLE ${role};
GRANT USAGE ON SCHEMA ${context.schema} TO ${role}; GRANT SELECT ON read_only TO ${role}`)
    expect(await judge('read_only', ['{"a":1}', '{"a":"x"}'], {before: `SET ROLE ${role}`})).toEqual([
      'unknown 42501',
      'unknown 42501',
    ])
    await context.pool.query(`DROP OWNED BY ${role}; DROP ROLE ${role}`)
  })

  it('where the server only reads', async () => {
    await context.pool.query('CREATE TABLE standby (a int)')
    const before = 'SET default_transaction_read_only = on'
    expect(await judge('standby', ['{"a":1}', '{'], {before})).toEqual(['unknown 25006', 'failing JSON'])
  })

  it('where somebody holds the table', async () => {
    await context.pool.query('CREATE TABLE held (a int)')
    const holder = await context.pool.connect()
    await holder.query('BEGIN; LOCK TABLE held IN EXCLUSIVE MODE')
    expect(await judge('held', ['{"a":1}'])).toEqual(['unknown 55P03'])
    await holder.query('ROLLBACK')
    holder.release()
  })

  it('where the table is gone', async () => {
    await context.pool.query('CREATE TABLE vanishing (a int)')
    const verdict = judge('vanishing', ['{"a":1}'], {before: 'DROP TABLE vanishing'})
    expect(await verdict).toEqual(['unknown 42P01'])
  })
})
