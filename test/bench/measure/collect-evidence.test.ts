import pg from 'pg'
import {afterEach, beforeEach, expect, inject, it, onTestFinished, vi} from 'vitest'
import {startEvidence} from '../../../src/bench/measure/collect-evidence.ts'
import {nameLimit} from '../../../src/bench/measure/evidence.ts'
import {planPool} from '../../../src/sink/pool-config.ts'
import {useServers} from '../../support/context.ts'

const context = useServers()

let pool: pg.Pool

beforeEach(() => {
  pool = new pg.Pool(planPool(inject('databaseUrl'), {max: 2}, {}).config)
})

afterEach(() => pool.end())

it('finds the lock that everything waits for, also when the pool is used up', async () => {
  const key = 4_711_000 + Math.floor(Math.random() * 1000)
  const holder = await context.pool.connect()
  await holder.query('SELECT pg_advisory_lock($1)', [key])
  // Both connections stand before the first sample
  await Promise.all([pool.query('SELECT pg_sleep(0.01)'), pool.query('SELECT pg_sleep(0.01)')])
  const run = await startEvidence({pool, everyMs: 20})
  const lock = () => pool.query('SELECT pg_advisory_xact_lock($1)', [key])
  const waiting = [lock(), lock(), lock()]
  await vi.waitFor(async () => {
    const {rows} = await context.pool.query(
      "SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND NOT granted AND objid = $1",
      [key],
    )
    expect(rows).toHaveLength(2)
  })
  // Long enough for the samples before it to be few
  await new Promise((resolve) => setTimeout(resolve, 600))
  const evidence = await run.stop()
  await holder.query('SELECT pg_advisory_unlock($1)', [key])
  holder.release()
  await Promise.all(waiting)
  expect(evidence.waits?.events['Lock advisory']).toBeGreaterThan(1)
  expect(evidence.pool?.max).toBe(2)
  expect(evidence.pool?.waiting).toBeGreaterThan(0.5)
  expect(evidence.roundTrip).toBeNull()
  const usage = {...evidence.usage, qtool: {...evidence.usage.qtool, cpu: 5}}
  const machine = {cores: 2, busy: 0.5}
  expect(nameLimit({...evidence, usage, machine, loopBusy: 0.1}).what).toBe('postgres locks')
})

it('leaves no connection behind', async () => {
  // A database of its own: other tests have such connections to theirs
  const name = `${context.schema}_evidence`
  await context.pool.query(`CREATE DATABASE ${name}`)
  onTestFinished(async () => void (await context.pool.query(`DROP DATABASE ${name} WITH (FORCE)`)))
  const url = new URL(inject('databaseUrl'))
  url.pathname = name
  const apart = new pg.Pool(planPool(url.href, {max: 2}, {}).config)
  apart.on('error', () => {})
  onTestFinished(() => apart.end())
  const count = async () => {
    const {rows} = await context.pool.query(
      "SELECT count(*)::int AS n FROM pg_stat_activity WHERE application_name = 'qtool evidence' AND datname = $1",
      [name],
    )
    return rows[0].n
  }
  const run = await startEvidence({pool: apart, redis: context.redis})
  expect(await count()).toBe(1)
  const {samples, roundTrip, workers} = await run.stop()
  expect(samples).toBeGreaterThan(0)
  expect(roundTrip).toBeGreaterThan(0)
  expect(workers).toBeNull()
  await vi.waitFor(async () => expect(await count()).toBe(0))
})

it('asks how many workers are busy', async () => {
  const run = await startEvidence({workers: () => ({total: 4, busy: 3})})
  const {workers, pool, waits, usage} = await run.stop()
  expect(workers).toEqual({total: 4, busy: 3})
  expect([pool, waits, usage.redis, usage.postgres]).toEqual([null, null, null, null])
})

it('goes on without a Postgres that is not there', async () => {
  const away = new pg.Pool({connectionString: 'postgres://nobody@127.0.0.1:1/none'})
  const run = await startEvidence({pool: away})
  const {waits, usage} = await run.stop()
  expect([waits, usage.postgres]).toEqual([null, null])
  await away.end()
})
