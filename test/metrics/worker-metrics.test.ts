import {beforeAll, describe, expect, it} from 'vitest'
import {WorkerMetrics} from '../../src/metrics/worker-metrics.ts'
import {MOST_DEATHS} from '../../src/worker/poison.ts'
import {type DrainSettings, drainAll, push, testSink, useServers} from '../support/context.ts'
import {held} from '../support/leases.ts'
import {valuesOf} from '../support/prometheus.ts'

const context = useServers()
const NOT_STOPPED = new AbortController().signal

beforeAll(async () => {
  await context.pool.query('CREATE TABLE counted (a int PRIMARY KEY CHECK (a <> 13))')
})

/** Drains a queue, and returns the values of its metrics. */
async function drained(at: ReturnType<typeof context.newQueue>, settings: DrainSettings = {}) {
  const metrics = new WorkerMetrics(NOT_STOPPED)
  const observers = metrics.observers({queue: at.engine, pool: context.pool})
  await drainAll(context, await testSink(context, 'counted'), at, {workers: 1, observers, ...settings})
  return valuesOf(await metrics.text())
}

describe('the metrics of a worker', () => {
  it('count records by what became of them, and leases', async () => {
    const at = context.newQueue()
    await context.pool.query('INSERT INTO counted VALUES (1)')
    await push(context, at.keys, ['{"a":1}', '{"a":2}', '{"a":3}', '{"a":13}', 'no'])
    const values = await drained(at)
    const of = (name: string, outcome: string) =>
      values.get(`${name}{queue="${at.queue}",outcome="${outcome}"}`)
    const records = ['inserted', 'already_there', 'dead_lettered', 'suppressed', 'postponed', 'recovered']
    expect(records.map((outcome) => of('qtool_records_total', outcome))).toEqual([2, 1, 2, 0, 0, 0])
    const leases = ['taken', 'settled', 'taken_over', 'released', 'failed', 'split', 'lost']
    expect(leases.map((outcome) => of('qtool_leases_total', outcome))).toEqual([1, 1, 0, 0, 0, 0, 0])
    expect(values.get('qtool_lease_write_seconds_count')).toBe(1)
  })

  it('count takeovers and splits of leases whose holders died', async () => {
    const at = context.newQueue()
    await push(context, at.keys, ['{"a":21}', '{"a":22}'])
    for (let turn = 1; turn <= MOST_DEATHS; turn++) {
      const {id} = held(await at.engine.take({taker: 'dies-counted', turn, count: 2, lengthMs: 60_000}))
      await context.redis.zadd(at.keys.leases, 1, id)
    }
    const values = await drained(at)
    const of = (outcome: string) => values.get(`qtool_leases_total{queue="${at.queue}",outcome="${outcome}"}`)
    expect([of('taken'), of('taken_over'), of('split'), of('settled')]).toEqual([3, 3, 1, 2])
  })

  it('count retries by the class of the SQLSTATE', async () => {
    await context.pool.query(`CREATE TABLE moody (a int); CREATE SEQUENCE moods;
      CREATE FUNCTION mood() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN IF nextval('${context.schema}.moods') = 1 THEN RAISE EXCEPTION 'not yet' USING ERRCODE = '40001'; END IF; RETURN NEW; END $$;
      CREATE TRIGGER mood BEFORE INSERT ON moody FOR EACH ROW EXECUTE FUNCTION mood()`)
    const at = context.newQueue()
    await push(context, at.keys, ['{"a":1}'])
    const metrics = new WorkerMetrics(NOT_STOPPED)
    const observers = metrics.observers({queue: at.engine, pool: context.pool})
    await drainAll(context, await testSink(context, 'moody'), at, {workers: 1, observers})
    const values = valuesOf(await metrics.text())
    expect(values.get('qtool_retries_total{sqlstate_class="40"}')).toBe(1)
    expect(values.get(`qtool_leases_total{queue="${at.queue}",outcome="failed"}`)).toBe(1)
  })

  it('time items from their producer to COMMIT, by the clock of Redis', async () => {
    const at = context.newQueue()
    const [seconds] = await context.redis.time()
    const minuteAgo = Number(seconds) * 1000 - 60_000
    for (const [i, ms] of [minuteAgo, minuteAgo, 7].entries())
      await context.redis.zadd(at.keys.ready, ms, `{"a":${30 + i}}`)
    const values = await drained(at)
    expect(values.get('qtool_enqueue_to_row_seconds_count')).toBe(2)
    const sum = values.get('qtool_enqueue_to_row_seconds_sum') ?? 0
    expect(sum / 2).toBeGreaterThanOrEqual(60)
    expect(sum / 2).toBeLessThan(90)
  })

  it('escape the name of a queue', async () => {
    const metrics = new WorkerMetrics(NOT_STOPPED)
    metrics.observers({
      queue: {...context.newQueue().engine, name: 'a"b\\c\nd', can: {age: false}} as never,
      pool: context.pool,
    })
    expect(await metrics.text()).toContain('qtool_leases_total{queue="a\\"b\\\\c\\nd",outcome="taken"} 0')
  })

  it('show breakers, the pool and the build', async () => {
    const metrics = new WorkerMetrics(NOT_STOPPED)
    const observers = metrics.observers({queue: context.newQueue().engine, pool: context.pool})
    const client = await context.pool.connect()
    for (const one of observers) one.breaker?.('postgres', 'open')
    const values = valuesOf(await metrics.text())
    client.release()
    expect(values.get('qtool_breaker_state{target="postgres"}')).toBe(2)
    expect(values.get('qtool_breaker_state{target="redis"}')).toBe(0)
    expect(values.get('qtool_pool_connections{target="postgres",state="used"}')).toBe(1)
    const build = [...values].filter(([series]) => series.startsWith('qtool_build_info{version="'))
    expect(build).toEqual([[expect.stringContaining(`node="${process.version}"`), 1]])
    expect(values.has('nodejs_eventloop_lag_seconds')).toBe(true)
  })
})
