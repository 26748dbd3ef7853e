import pg from 'pg'
import {describe, expect, it, vi} from 'vitest'
import type {Sink} from '../../../src/sink/sink.ts'
import {deadLetters, drainAll, push, testSink, useServers} from '../../support/context.ts'
import {drainInto, insertEach} from '../../support/drain-into.ts'

const context = useServers()
let number = 0

const trigger = (
  body: string,
) => `CREATE FUNCTION $t_f() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN ${body} END $$;
CREATE TRIGGER t BEFORE INSERT ON $t FOR EACH ROW EXECUTE FUNCTION $t_f()`

/** Tables with the columns a and v that refuse some records in ways that no query foresees, or only some of them. */
const TABLES: Array<[string, string]> = [
  [
    'a second unique key',
    `CREATE TABLE $t (a int PRIMARY KEY, v text UNIQUE); INSERT INTO $t VALUES (-1, 'v1'), (-2, 'v4')`,
  ],
  [
    'a check that calls a function',
    `CREATE FUNCTION $t_good(text) RETURNS boolean LANGUAGE plpgsql AS 'BEGIN RETURN $1 <> ''v4''; END';
     CREATE TABLE $t (a int PRIMARY KEY, v text CHECK ($t_good(v)))`,
  ],
  [
    'a trigger that raises, asserts and fails',
    `CREATE TABLE $t (a int PRIMARY KEY, v text);
     ${trigger(`IF NEW.v = 'v1' THEN RAISE EXCEPTION 'one' USING DETAIL = 'it is ' || NEW.v, CONSTRAINT = 'made up'; END IF;
       ASSERT NEW.v <> 'v2', 'two'; IF NEW.v = 'v3' THEN PERFORM 1 / 0; END IF;
       IF NEW.v = 'v4' THEN PERFORM no_such_function(); END IF;
       IF NEW.v = 'v5' THEN RAISE EXCEPTION 'five' USING ERRCODE = '42P01'; END IF; RETURN NEW;`)}`,
  ],
  [
    'a trigger ahead of a check, which puts some records right and others wrong',
    `CREATE TABLE $t (a int PRIMARY KEY, v text CHECK (v <> 'v1' AND v <> 'v2'));
     ${trigger(`NEW.v := CASE NEW.v WHEN 'v1' THEN 'good' WHEN 'v3' THEN 'v1' ELSE NEW.v END; RETURN NEW;`)}`,
  ],
  [
    'several constraints at once, of which Postgres names the first that it meets',
    `CREATE TABLE $t_p (v text PRIMARY KEY); INSERT INTO $t_p VALUES ('v0'), ('v1'), ('v5');
     CREATE TABLE $t (a int PRIMARY KEY, v text CONSTRAINT parent REFERENCES $t_p, CONSTRAINT z_check CHECK (v <> 'v2' AND v <> 'v1'),
       CONSTRAINT b_check CHECK (v NOT IN ('v2', 'v3')), UNIQUE (v)); INSERT INTO $t VALUES (-1, 'v5')`,
  ],
  [
    'partitions that take only some records',
    `CREATE TABLE $t (a int, v text) PARTITION BY LIST (v); CREATE TABLE $t_p PARTITION OF $t FOR VALUES IN ('v0', 'v2')`,
  ],
  [
    'columns that look plain and are not, beside a constraint',
    `CREATE DOMAIN $t_d AS text CHECK (VALUE <> 'v2'); CREATE TABLE $t (a int PRIMARY KEY, v $t_d CHECK (v <> 'v3'))`,
  ],
]

const RECORDS = Array.from({length: 120}, (_, a) => `{"a":${a},"v":"v${(a * 7) % 10}"}`)

async function make(sql: string): Promise<string> {
  const table = `looped${++number}`
  await context.pool.query(`SET search_path = ${context.schema}; ${sql.replaceAll('$t', table)}`)
  return table
}

type Said = Record<string, unknown>

/** A dead letter names the column of a domain instead of the constraint. */
function wordsOf({code, message, constraint}: Said): Said {
  return {code, message, constraint: String(message).startsWith('value for domain') ? undefined : constraint}
}

/** What Postgres says of each record by itself; undefined if it takes it. */
async function judgeOneByOne(table: string): Promise<Array<Said | undefined>> {
  const client = await context.pool.connect()
  const said: Array<Said | undefined> = []
  for (const record of RECORDS) {
    const {a, v} = JSON.parse(record)
    try {
      await client.query(`INSERT INTO ${table} (a, v) VALUES ($1, $2)`, [a, v])
      said.push(undefined)
    } catch (error) {
      said.push(wordsOf(error as Said))
    }
  }
  client.release()
  return said
}

async function drained(table: string, change: (sink: Sink) => void) {
  const at = context.newQueue()
  await push(context, at.keys, RECORDS)
  const sink = await testSink(context, table)
  change(sink)
  await drainAll(context, sink, at, {workers: 1})
  const letters = new Map((await deadLetters(context, at.keys)).map((letter) => [letter.payload, letter]))
  return RECORDS.map((record) => {
    const letter = letters.get(record)
    return letter && wordsOf(letter)
  })
}

const sqlOf = (title: string) => TABLES.find(([name]) => name.startsWith(title))?.[1] ?? ''

const rowsOf = async (table: string) =>
  (await context.pool.query(`SELECT a, v FROM ${table} ORDER BY a, v`)).rows

describe.each(TABLES)('%s', (_, sql) => {
  it.each([
    ['in the way that a sink begins with', () => {}],
    ['each record on its own', insertEach],
    [
      'each record on its own, on a server that does not judge values',
      (sink: Sink) => Object.assign(sink, {judgesTypes: false}) && insertEach(sink),
    ],
  ])('refuses what Postgres refuses, with its words: %s', async (__, change) => {
    const twin = await make(sql)
    const wanted = await judgeOneByOne(twin)
    expect(new Set(wanted.map((one) => one === undefined)).size, 'some pass, some do not').toBe(2)
    const table = await make(sql)
    const said = await drained(table, change)
    expect(said).toEqual(wanted.map((one) => one && JSON.parse(JSON.stringify(one).replaceAll(twin, table))))
    expect(await rowsOf(table)).toEqual(await rowsOf(twin))
  })
})

it('names the column of a wrong value that looks plain', async () => {
  const table = await make(sqlOf('columns that look plain'))
  const {letters} = await drainInto(context, table, RECORDS, {each: true})
  const named = new Map(letters.map(({constraint, column, code}) => [constraint ?? column, code]))
  expect([...named].sort()).toEqual([
    [`${table}_v_check`, '23514'],
    ['v', '23514'],
  ])
})

it('writes columns with the names that the loop uses itself', async () => {
  const table =
    await make(`CREATE TABLE $t (at int, here text, code text, turns int, records int, PRIMARY KEY (at, here));
${trigger(`IF NEW.turns = 3 THEN RAISE 'no'; END IF; RETURN NEW;`)}; INSERT INTO $t VALUES (4, 'x', 'old', 0, 0)`)
  const records = Array.from({length: 8}, (_, at) => ({at, here: 'x', code: 'new', turns: at, records: at}))
  const {tally, rows} = await drainInto(context, table, records, {each: true})
  expect(tally).toMatchObject({inserted: 6, alreadyThere: 1, deadLettered: 1})
  expect(rows.map(({at, code}) => [at, code])).toEqual(
    [0, 1, 2, 4, 5, 6, 7].map((at) => [at, at === 4 ? 'old' : 'new']),
  )
})

it('ten bad records and a thousand cost the same number of statements', async () => {
  const statements = async (bad: number) => {
    const table = await make(`CREATE TABLE $t (a int PRIMARY KEY, v text);
${trigger(`IF NEW.v = 'bad' THEN RAISE 'no'; END IF; RETURN NEW;`)}`)
    const records = Array.from({length: 2000}, (_, a) => ({
      a,
      v: a % 2 === 0 && a < 2 * bad ? 'bad' : 'good',
    }))
    const sent = vi.spyOn(pg.Client.prototype, 'query')
    const {tally} = await drainInto(context, table, records, {each: true, drain: {batch: 2000}})
    const count = sent.mock.calls.length
    sent.mockRestore()
    expect(tally).toMatchObject({inserted: 2000 - bad, deadLettered: bad})
    return count
  }
  expect(await statements(1000)).toBe(await statements(10))
})

it('finds a record at fault among hundreds of good and of dropped ones', async () => {
  const table = await make(`CREATE TABLE $t (a int, v text);
${trigger(`IF NEW.a IN (301, 451) THEN RAISE 'no %', NEW.a; END IF; IF NEW.a % 7 = 0 THEN RETURN NULL; END IF; RETURN NEW;`)}`)
  const records = Array.from({length: 500}, (_, a) => ({a}))
  const {tally, letters, rows} = await drainInto(context, table, records, {each: true})
  expect(letters.map(({payload, message}) => [payload, message]).sort()).toEqual([
    ['{"a":301}', 'no 301'],
    ['{"a":451}', 'no 451'],
  ])
  const good = records.filter(({a}) => a % 7 > 0 && a !== 301 && a !== 451)
  expect(rows.map(({a}) => a)).toEqual(good.map(({a}) => a))
  expect(tally).toMatchObject({inserted: good.length, suppressed: 500 - good.length - letters.length})
})

it('tells a RAISE with the SQLSTATE of a missing table from a missing table, also where no record passes', async () => {
  const table = await make(
    `CREATE TABLE $t (a int, v text); ${trigger(`RAISE 'no' USING ERRCODE = '42P01'; RETURN NEW;`)}`,
  )
  const {letters} = await drainInto(context, table, RECORDS, {each: true})
  expect(letters.map(({code}) => code)).toEqual(RECORDS.map(() => '42P01'))
})

it('ends each statement well before the statement timeout, however many records there are', async () => {
  const table = await make(`CREATE TABLE $t (a int, v text);
${trigger(`PERFORM pg_sleep(0.02); IF NEW.v = 'v1' THEN RAISE 'no'; END IF; RETURN NEW;`)}`)
  const options = `${context.pool.options.options} -c statement_timeout=400`
  const pool = new pg.Pool({...context.pool.options, options})
  const sent = vi.spyOn(pg.Client.prototype, 'query')
  const {tally} = await drainInto({...context, pool}, table, RECORDS, {each: true})
  const inserts = sent.mock.calls.filter(([text]) =>
    String(text).startsWith(`INSERT INTO "${context.schema}"."${table}"`),
  )
  sent.mockRestore()
  await pool.end()
  expect(tally).toMatchObject({inserted: 108, deadLettered: 12, retried: 0})
  expect(inserts, 'the loop never timed out').toEqual([])
})

it('halves where the server does not run the loop', async () => {
  const table = await make(sqlOf('a second unique key'))
  const {query} = pg.Client.prototype
  const sent = vi.spyOn(pg.Client.prototype, 'query')
  sent.mockImplementation(function (this: pg.Client, text: unknown, ...rest: unknown[]) {
    const said = typeof text === 'string' ? text.replace('DO LANGUAGE plpgsql', 'DO LANGUAGE none') : text
    return Reflect.apply(query, this, [said, ...rest])
  })
  const {tally} = await drainInto(context, table, RECORDS, {each: true})
  expect(sent.mock.calls.some(([text]) => String(text).startsWith('DO '))).toBe(true)
  sent.mockRestore()
  expect(tally).toMatchObject({inserted: 8, deadLettered: 112})
})
