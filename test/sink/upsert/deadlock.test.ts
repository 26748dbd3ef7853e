import pg from 'pg'
import {expect, inject, it} from 'vitest'
import {openQueue} from '../../../src/queue/open.ts'
import type {Sink} from '../../../src/sink/sink.ts'
import {deadLetters, drainAll, push, testSink, useServers} from '../../support/context.ts'
import {insertEach} from '../../support/drain-into.ts'
import {until} from '../../support/until.ts'

const context = useServers()

const PICKY = `CREATE FUNCTION picky() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
  IF NEW.b < 0 THEN RAISE EXCEPTION 'negative' USING ERRCODE = '23514'; END IF; RETURN NEW; END $$;
CREATE TRIGGER picky BEFORE INSERT ON $t FOR EACH ROW EXECUTE FUNCTION picky()`

/** A session of another name than those of the rest of the run, which soon looks for a deadlock. */
function sessions(name: string, more = '-c deadlock_timeout=20ms'): pg.Pool {
  const options = `-c search_path=${context.schema} -c application_name=${name} ${more}`
  return new pg.Pool({connectionString: inject('databaseUrl'), max: 1, options})
}

async function untilWaiting(name: string, count: number): Promise<void> {
  const waiting = `SELECT FROM pg_stat_activity WHERE application_name = '${name}' AND wait_event_type = 'Lock'`
  await until(async () => (await context.pool.query(waiting)).rowCount === count)
}

/** Puts records into one lease whose retries are used up. */
async function isolated(records: object[]) {
  const at = context.newQueue()
  await push(
    context,
    at.keys,
    records.map((record) => JSON.stringify(record)),
  )
  const queue = await openQueue(context.redis, {name: at.queue})
  const take = await queue.take({taker: at.queue, turn: 1, count: 100, lengthMs: 60_000})
  if (take.state !== 'lease') throw new Error(`expected a lease, got ${take.state}`)
  await queue.giveBack(take.lease, {why: 'failed', delayMs: 0})
  return at
}

/*
 * Both leases lock one row, wait for a row that the test holds, and then want what the other has locked. Records of another
 * shape are written later, and those of one shape in the order of their keys.
 */
const ONE = [
  {id: 10, a: 1},
  {id: 15, b: 1},
  {id: 20, b: 1},
]
const OTHER = [
  {id: 20, a: 2},
  {id: 5, b: 2},
  {id: 10, b: 2},
]
const BAD = [1, 2, 3].map((n) => ({b: -n}))

it.each([
  {way: 'as a set', trigger: '', each: false, bad: 0},
  {way: 'by halving', trigger: PICKY, each: true, bad: 0},
  {way: 'by a loop on the server', trigger: PICKY, each: true, bad: 3},
])('a deadlock of two leases that isolate, written $way, ends one transaction', async (how) => {
  const table = `dead_${how.way.replaceAll(' ', '_')}`
  await context.pool.query(`DROP FUNCTION IF EXISTS picky CASCADE;
CREATE TABLE ${table} (id int PRIMARY KEY, a int, b int); ${how.trigger.replaceAll('$t', table)};
INSERT INTO ${table} SELECT unnest(ARRAY[5, 10, 15, 20])`)
  const bad = BAD.slice(0, how.bad)
  const leases = [
    [...ONE, ...bad.map((one, n) => ({id: 11 + n, ...one}))],
    [...OTHER, ...bad.map((one, n) => ({id: 1 + n, ...one}))],
  ]
  const holder = await context.pool.connect()
  await holder.query(`BEGIN; UPDATE ${table} SET a = 0 WHERE id IN (5, 15)`)
  const gaveBack: unknown[] = []
  const drains = leases.map(async (records) => {
    const at = await isolated(records)
    const sink: Sink = await testSink(context, table, {onConflict: 'update'})
    if (how.each) insertEach(sink)
    const pool = sessions(table)
    const observers = [{gaveBack: (_: unknown, __: unknown, error: unknown) => gaveBack.push(error)}]
    const options = {workers: 1, maxRetries: 1, observers}
    const {updated, superseded} = await drainAll({...context, pool}, sink, at, options)
    await pool.end()
    return {updated, superseded, letters: (await deadLetters(context, at.keys)).map(({code}) => code)}
  })
  await untilWaiting(table, 2)
  await holder.query('COMMIT')
  holder.release()
  const each = {updated: 3, superseded: 0, letters: bad.map(() => '23514')}
  expect(await Promise.all(drains)).toEqual([each, each])
  expect(gaveBack).toEqual([expect.objectContaining({code: '40P01', routine: 'DeadLockReport'})])
  const {rows} = await context.pool.query(`SELECT count(*) FILTER (WHERE b > 0)::int AS n FROM ${table}`)
  expect(rows).toEqual([{n: 4}])
})

it.each([
  ['40001', '-c default_transaction_isolation=repeatable\\ read'],
  ['55P03', '-c lock_timeout=100ms'],
])('a row that another transaction changes costs no record: %s', async (code, options) => {
  const table = `changed_${code.toLowerCase()}`
  await context.pool.query(`CREATE TABLE ${table} (id int PRIMARY KEY, a int);
INSERT INTO ${table} VALUES (1, 0), (2, 0)`)
  const at = await isolated([1, 2].map((id) => ({id, a: 1})))
  const sink = await testSink(context, table, {onConflict: 'update'})
  const holder = await context.pool.connect()
  await holder.query(`BEGIN; UPDATE ${table} SET a = 7 WHERE id = 2`)
  const pool = sessions(table, options)
  const gaveBack: unknown[] = []
  const observers = [{gaveBack: (_: unknown, __: unknown, error: unknown) => gaveBack.push(error)}]
  const drained = drainAll({...context, pool}, sink, at, {workers: 1, maxRetries: 1, observers})
  await (code === '40001' ? untilWaiting(table, 1) : until(() => gaveBack.length > 0))
  await holder.query('COMMIT')
  holder.release()
  expect(await drained).toMatchObject({updated: 2, deadLettered: 0})
  expect(gaveBack[0]).toMatchObject({code})
  await pool.end()
})
