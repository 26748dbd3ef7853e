import pg from 'pg'
import {afterEach, beforeEach, expect, inject, it, onTestFinished, vi} from 'vitest'
import {withEvidence} from '../../../src/bench/measure/collect-evidence.ts'
import {nameLimit} from '../../../src/bench/measure/evidence.ts'
import {planPool} from '../../../src/postgres/pool-config.ts'
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
  // Opens both connections before the first sample
  await Promise.all([pool.query('SELECT pg_sleep(0.01)'), pool.query('SELECT pg_sleep(0.01)')])
  const lock = () => pool.query('SELECT pg_advisory_xact_lock($1)', [key])
  const {result: waiting, evidence} = await withEvidence({pool, everyMs: 20}, async () => {
    const all = [lock(), lock(), lock()]
    await vi.waitFor(async () => {
      const {rows} = await context.pool.query(
        "SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND NOT granted AND objid = $1",
        [key],
      )
      expect(rows).toHaveLength(2)
    })
    // Long enough for the samples from before the wait to be few
    await new Promise((resolve) => setTimeout(resolve, 600))
    return all
  })
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

/** Counts evidence connections in a database of its own, because other tests have such connections too. */
async function openApart() {
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
  return {apart, count}
}

it('leaves no connection behind', async () => {
  const {apart, count} = await openApart()
  const {evidence} = await withEvidence({pool: apart, redis: context.redis}, async () => {
    expect(await count()).toBe(1)
  })
  expect(evidence.samples).toBeGreaterThan(0)
  expect(evidence.roundTrip).toBeGreaterThan(0)
  await vi.waitFor(async () => expect(await count()).toBe(0))
})

it('stops looking where the work fails, also after a restart, and throws what the work threw', async () => {
  const {apart, count} = await openApart()
  const work = withEvidence({pool: apart, redis: context.redis, everyMs: 20}, async (restart) => {
    restart()
    await vi.waitFor(async () => expect(await count()).toBeGreaterThan(0))
    throw new Error('the work failed')
  })
  await expect(work).rejects.toThrow('the work failed')
  await vi.waitFor(async () => expect(await count()).toBe(0))
})

it('goes on without a Postgres that is not there', async () => {
  const away = new pg.Pool({connectionString: 'postgres://nobody@127.0.0.1:1/none'})
  const {evidence} = await withEvidence({pool: away}, async () => {})
  expect([evidence.waits, evidence.usage.postgres]).toEqual([null, null])
  await away.end()
})
