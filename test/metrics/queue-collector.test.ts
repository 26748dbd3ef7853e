import {Redis} from 'ioredis'
import {Gauge, Registry} from 'prom-client'
import {describe, expect, it, onTestFinished} from 'vitest'
import {metricsText} from '../../src/metrics/queue-collector.ts'
import type {Forecast, Observation} from '../../src/monitor/observation.ts'
import {QueueMonitor} from '../../src/monitor/queue-monitor.ts'
import type {QueueInspection} from '../../src/queue/inspect.ts'
import {openQueue} from '../../src/queue/open.ts'
import {pauseQueue} from '../../src/queue/pause.ts'
import {spreadQueue} from '../../src/queue/shards/spread-queue.ts'
import {until} from '../support/cli.ts'
import {push, useServers} from '../support/context.ts'
import {held} from '../support/leases.ts'
import {valuesOf} from '../support/prometheus.ts'
import {startTestRedis} from '../support/server.ts'
import {workerState} from '../support/worker-state.ts'

const context = useServers()

/** The values of the metrics of a queue, without its label. */
function told(text: string, queue: string): Record<string, number> {
  const own = [...valuesOf(text)].filter(([series]) => series.includes(`queue="${queue}"`))
  return Object.fromEntries(
    own.map(([series, value]) => [series.replace(/queue="[^"]*",?/, '').replace('{}', ''), value]),
  )
}

async function observe(at: ReturnType<typeof context.newQueue>): Promise<Observation> {
  return new QueueMonitor(at.engine).current()
}

describe('the metrics of a queue', () => {
  it('are what it holds', async () => {
    const at = context.newQueue()
    const [seconds] = await context.redis.time()
    await push(context, at.keys, ['"first"', '"second"', '"third"'])
    await context.redis.zadd(at.keys.ready, Number(seconds) * 1000 - 60_000, '"fourth"')
    held(await at.engine.take({taker: 'one', turn: 1, count: 3, lengthMs: 60_000}))
    await context.redis.zadd(at.keys.dead, 1, 'of another program')
    await context.redis.hset(
      at.keys.stats,
      'enqueued',
      4,
      'inserted',
      3,
      'dead:poison',
      0,
      'dead_lettered',
      1,
    )
    await pauseQueue(context.redis, at.keys)
    await at.engine.reportWorker(workerState('a:1:x', {workers: 7}))
    const values = told(await metricsText([await observe(at)]), at.queue)
    expect(values).toMatchObject({
      'qtool_queue_items{state="ready"}': 1,
      'qtool_queue_items{state="leased"}': 3,
      'qtool_queue_items{state="dead"}': 1,
      qtool_queue_leases: 1,
      qtool_queue_overdue_leases: 0,
      qtool_queue_paused: 1,
      qtool_queue_growing: 0,
      qtool_queue_stalled: 0,
      qtool_queue_workers: 7,
      qtool_queue_worker_processes: 1,
      'qtool_queue_records_total{outcome="enqueued"}': 4,
      'qtool_queue_records_total{outcome="inserted"}': 3,
      'qtool_queue_records_total{outcome="dead_lettered"}': 1,
      'qtool_dead_letters{reason="other"}': 1,
      'qtool_dead_letters{reason="poison"}': 0,
    })
    expect(values.qtool_queue_oldest_seconds).toBeGreaterThanOrEqual(60)
    expect(values.qtool_queue_oldest_seconds).toBeLessThan(90)
    expect(values['qtool_queue_memory_bytes{state="ready"}']).toBeGreaterThan(0)
    expect(values.qtool_queue_observed_timestamp_seconds).toBeCloseTo(Number(seconds), -2)
    expect(values).not.toHaveProperty('qtool_queue_drain_seconds')
  })

  it('say how long it takes to drain, and nothing if it will not', async () => {
    const observation = await observe(context.newQueue())
    const drain = async (forecast: Forecast) => {
      const values = told(await metricsText([{...observation, forecast}]), observation.inspection.queue)
      return [values.qtool_queue_drain_seconds, values.qtool_queue_growing, values.qtool_queue_stalled]
    }
    expect(await drain({state: 'empty'})).toEqual([0, 0, 0])
    expect(await drain({state: 'clears', seconds: 90, marginSeconds: 9})).toEqual([90, 0, 0])
    expect(await drain({state: 'grows', perSecond: 12})).toEqual([undefined, 1, 0])
    expect(await drain({state: 'stalled'})).toEqual([undefined, 0, 1])
    expect(await drain({state: 'unknown'})).toEqual([undefined, 0, 0])
  })

  it('have one value for all reasons that are not of qtool', async () => {
    const observation = await observe(context.newQueue())
    const odd = Object.fromEntries(Array.from({length: 500}, (_, i) => [`"odd\n${i}`, 2]))
    const inspection: QueueInspection = {
      ...observation.inspection,
      deadLettersByReason: {invalid: 3, ...odd},
      foreignDeadLetters: 5,
    }
    const values = told(await metricsText([{...observation, inspection}]), inspection.queue)
    const reasons = Object.entries(values).filter(([series]) => series.startsWith('qtool_dead_letters'))
    expect(reasons).toHaveLength(7)
    expect(Object.fromEntries(reasons)).toMatchObject({
      'qtool_dead_letters{reason="invalid"}': 3,
      'qtool_dead_letters{reason="other"}': 1005,
    })
  })

  it('are told of several queues, with the server once, the guarantee, and the process that is asked', async () => {
    const all = [await observe(context.newQueue()), await observe(context.newQueue())]
    const process = new Registry()
    new Gauge({name: 'own', help: 'Own.', registers: [process]}).set(1)
    const keeping = {redisDurability: 'everysec', failover: 'no replica', postgresDurability: 'synchronous'}
    const text = await metricsText(all, {keeping, process, scale: {targetSeconds: 60}})
    const values = valuesOf(text)
    const labels = 'redis_durability="everysec",failover="no replica",postgres_durability="synchronous"'
    expect(values.get(`qtool_guarantee_info{${labels}}`)).toBe(1)
    expect(values.get('own')).toBe(1)
    for (const {inspection} of all) {
      expect(values.get(`qtool_queue_wanted_workers{queue="${inspection.queue}"}`)).toBe(0)
    }
    const [, used] = /used_memory:(\d+)/.exec(await context.redis.info('memory')) ?? []
    const bytes = values.get('qtool_redis_memory_bytes') ?? 0
    expect(bytes / Number(used)).toBeGreaterThan(0.2)
    expect(bytes / Number(used)).toBeLessThan(5)
    expect(text.match(/^qtool_redis_eviction_info\{policy="noeviction"\} 1$/gm)).toHaveLength(1)
    expect(values.get('qtool_redis_clients{state="connected"}')).toBeGreaterThan(0)
  })

  it('tell the items of a queue that is spread by shard alone, so that sums are right', async () => {
    const {queue} = context.newQueue()
    await spreadQueue(context.redis, queue, {shards: 2})
    const spread = await openQueue(context.redis, {name: queue})
    onTestFinished(() => spread.destroy())
    await context.redis.zadd(`queue:${queue}_shard_1`, 1, 'a', 2, 'b')
    await context.redis.zadd(`queue:${queue}_shard_2`, 1, 'c')
    await context.redis.zadd(`dlq:${queue}_shard_2`, 1, 'of another program')
    await context.redis.zadd(`queue:${queue}`, 1, 'd', 2, 'e', 3, 'f', 4, 'g')
    const values = told(await metricsText([await new QueueMonitor(spread).current()]), queue)
    const items = Object.entries(values).filter(([series]) => series.startsWith('qtool_queue_items'))
    expect(Object.fromEntries(items.filter(([, value]) => value > 0))).toEqual({
      [`qtool_queue_items{state="ready",shard="${queue}"}`]: 4,
      [`qtool_queue_items{state="ready",shard="${queue}_shard_1"}`]: 2,
      [`qtool_queue_items{state="ready",shard="${queue}_shard_2"}`]: 1,
      [`qtool_queue_items{state="dead",shard="${queue}_shard_2"}`]: 1,
    })
    expect(items).toHaveLength(9)
  })

  it('leave out what a user may not read', async () => {
    const observation = await observe(context.newQueue())
    const inspection = {...observation.inspection, server: null, memory: {ready: null, deadLetters: null}}
    const text = await metricsText([{...observation, inspection}])
    expect(text).not.toMatch(/^qtool_(redis|queue_memory)[^ ]* /m)
    expect(text).toMatch(/^qtool_queue_items/m)
  })

  it('cost Redis as many calls for 100,000 items as for 10', async () => {
    expect(await callsOfScrape(100_000)).toEqual(await callsOfScrape(10))
  })
})

/**
 * The commands that reach Redis for one scrape of a queue with so many items, as Redis itself reports them: one of its own,
 * since the driver fails if a call of somebody else is reported before the reply to MONITOR.
 */
async function callsOfScrape(items: number): Promise<string[]> {
  const {queue, keys} = context.newQueue()
  const server = await startTestRedis()
  const admin = new Redis(server.url)
  const pairs = Array.from({length: items}, (_, i) => [i, `{"n":${i}}`])
  for (let from = 0; from < items; from += 10_000) {
    await admin.zadd(keys.ready, ...pairs.slice(from, from + 10_000).flat())
    await admin.zadd(keys.dead, ...pairs.slice(from, from + 10_000).flat())
  }
  const client = new Redis(server.url)
  const [, port] = / addr=\S+:(\d+)/.exec(String(await client.call('CLIENT', 'INFO'))) ?? []
  const watch = await admin.monitor()
  onTestFinished(async () => {
    for (const one of [admin, client, watch]) one.disconnect()
    await server.stop()
  })
  let seen: string[] = []
  watch.on('monitor', (_time: string, [command]: string[], source: string) => {
    if (source.endsWith(`:${port}`)) seen.push(command.toLowerCase())
  })
  /** The commands that `act` sends. */
  const during = async (act: () => Promise<unknown>) => {
    seen = []
    await act()
    await client.echo('over')
    await until(() => seen.at(-1) === 'echo')
    return seen.slice(0, -1).sort()
  }
  const scrape = async () =>
    metricsText([await new QueueMonitor(await openQueue(client, {name: queue})).current()])
  // The first call loads the scripts
  await during(scrape)
  const [commands] = [await during(scrape), await during(scrape), await during(scrape)].sort(
    (a, b) => a.length - b.length,
  )
  expect(commands.length).toBeGreaterThan(2)
  return commands
}
