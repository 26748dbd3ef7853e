import {randomUUID} from 'node:crypto'
import {Redis} from 'ioredis'
import {afterAll, beforeAll, beforeEach, expect, it} from 'vitest'
import {diagnose} from '../../src/doctor/diagnose.ts'
import type {QueueEngine} from '../../src/queue/engine.ts'
import {openQueue} from '../../src/queue/open.ts'
import {type QueueKeys, queueKeys} from '../../src/redis/keys.ts'
import {startTestRedis, type TestServer} from '../support/server.ts'
import {workerState} from '../support/worker-state.ts'
import {examineRedis, ills, redisFacts} from './examine.ts'

let server: TestServer
let redis: Redis
let queue: string
let keys: QueueKeys
let engine: QueueEngine

beforeAll(async () => {
  server = await startTestRedis('slowlog-log-slower-than 1000000')
  redis = new Redis(server.url)
})

beforeEach(async () => {
  queue = `q-${randomUUID()}`
  keys = queueKeys(queue)
  engine = await openQueue(redis, {name: queue})
})

afterAll(async () => {
  redis.disconnect()
  await server.stop()
})

const MINUTE = 60_000

/** Scores as `enqueue` gives them: the time in ms. */
async function push(count: number, ageMs: number): Promise<void> {
  const scores = Array.from({length: count}, (_, i) => [Date.now() - ageMs, `{"n":${i}}`]).flat()
  await redis.zadd(keys.ready, ...scores)
}

async function reportWorker(state: {postgres?: string; redis?: string} = {}): Promise<void> {
  await engine.reportWorker(workerState('host:1:a', {workers: 2, ...state}))
}

it('finds nothing wrong with a queue that is there and waits for its workers', async () => {
  await push(10, 0)
  expect(await examineRedis(server.url, queue)).toEqual([])
})

it('cannot say of a queue that is not there whether its name is mistyped', async () => {
  const facts = await redisFacts(server.url, queue)
  expect(await examineRedis(facts)).toEqual([])
  expect(diagnose(facts).findings).toContainEqual(
    expect.objectContaining({check: 'queue.name', level: 'unknown'}),
  )
})

it('takes each table from a queue whose records go into several', async () => {
  const mapping = {records: 'points', rename: {}}
  await engine.bind({...mapping, table: 'public.a'}, {rebind: false})
  expect((await redisFacts(server.url, queue)).queue?.table).toBe('public.a')
  const routes = ['type=a:public.a', 'type=b:public.b', '*:public.a']
  await engine.bind({...mapping, routes, table: 'public.a, public.b'}, {rebind: true})
  expect((await redisFacts(server.url, queue)).queue).toMatchObject({
    table: 'public.a',
    otherTables: ['public.b'],
  })
})

it('finds that nobody drains it', async () => {
  await push(10, 6 * MINUTE)
  expect(await examineRedis(server.url, queue)).toEqual(['critical queue.workers'])
})

it('finds that nobody takes over the lease of a dead worker', async () => {
  await redis.zadd(keys.leases, Date.now() - 1000, 'dead')
  await redis.zadd(keys.lease('dead'), 1, '{}')
  expect(await examineRedis(server.url, queue)).toEqual(['critical queue.workers'])
})

it('finds that its workers are late', async () => {
  await push(10, 6 * MINUTE)
  await reportWorker()
  expect(await examineRedis(server.url, queue)).toEqual(['warning queue.oldest'])
})

it('finds that it grows while workers work, which is why they are late', async () => {
  await push(1000, 6 * MINUTE)
  await reportWorker()
  let isOver = false
  const growing = (async () => {
    for (let i = 0; !isOver; i++) {
      await redis.zadd(keys.ready, Date.now(), `{"more":${i}}`)
      await redis.hincrby(keys.stats, 'enqueued', 1)
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
  })()
  const facts = await redisFacts(server.url, queue)
  isOver = true
  await growing
  expect(await examineRedis(facts)).toEqual(['warning queue.draining'])
})

it('finds a pause that was forgotten, and blames nobody else for what waits', async () => {
  await push(10, 120 * MINUTE)
  await engine.pause()
  expect(await examineRedis(server.url, queue)).toEqual([])
  await redis.set(keys.paused, new Date(Date.now() - 61 * MINUTE).toISOString())
  expect(await examineRedis(server.url, queue)).toEqual(['warning queue.paused'])
})

it('finds a purge that nobody has freed', async () => {
  const id = randomUUID()
  await redis.hset(keys.trash, id, `ready 1 ${Date.now() - 25 * 60 * MINUTE}`)
  await redis.zadd(keys.trashed(id), 1, '{}')
  expect(await examineRedis(server.url, queue)).toEqual(['warning queue.trash'])
})

it('finds counters that somebody has changed by hand', async () => {
  await redis.hset(keys.stats, 'dead:invalid', 5)
  expect(await examineRedis(server.url, queue)).toEqual(['warning queue.counters'])
})

it('finds an item that workers refuse', async () => {
  await redis.zadd(keys.ready, Date.now(), `{"a":"${'x'.repeat(1024 * 1024)}"}`)
  expect(await examineRedis(server.url, queue)).toEqual(['warning queue.item-size'])
})

it('finds a rebalance that was begun long ago and not ended', async () => {
  await redis.hset(keys.sink, {shards: 2, epoch: 1, moving: `2 3 1 ${new Date().toISOString()}`})
  expect(await examineRedis(server.url, queue)).toEqual([])
  const since = new Date(Date.now() - 6 * MINUTE).toISOString()
  await redis.hset(keys.sink, {shards: 2, epoch: 1, moving: `2 3 1 ${since}`})
  const findings = await ills(server.url, queue)
  expect(findings).toMatchObject([{level: 'warning', check: 'queue.rebalance'}])
  expect(findings[0].what).toContain('to 3 shards for 6 m')
  expect(findings[0].fix).toContain(`qtool shards rebalance -q ${queue} --shards 3`)
})

it.each([
  ['1,600 of 2,000', [1600, 400], ['warning queue.skew']],
  ['1,500 of 2,000: just 1.5 times its share', [1500, 500], []],
  ['all of 999', [999, 0], []],
])('finds a shard that holds far more than the other: %s', async (_, counts, expected) => {
  await redis.hset(keys.sink, {shards: 2, epoch: 1})
  for (const [i, count] of counts.entries()) {
    const scores = Array.from({length: count}, (_, n) => [Date.now(), `{"n":${n}}`]).flat()
    if (count > 0) await redis.zadd(`queue:${queue}_shard_${i + 1}`, ...scores)
  }
  expect(await examineRedis(server.url, queue)).toEqual(expected)
})

it('finds that workers cannot reach Postgres', async () => {
  await reportWorker({postgres: 'open'})
  const findings = await ills(server.url, queue)
  expect(findings).toMatchObject([{level: 'critical', check: 'queue.breakers'}])
  expect(findings[0].what).toContain('1 cannot reach Postgres')
})

it('finds that records fail', async () => {
  let isOver = false
  const failing = (async () => {
    for (let i = 0; !isOver; i++) {
      await redis.zadd(keys.dead, Date.now(), `{"qtool":1,"n":${i}}`)
      await redis.hincrby(keys.stats, 'dead:invalid', 1)
      await redis.hincrby(keys.stats, 'dead_lettered', 1)
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
  })()
  const facts = await redisFacts(server.url, queue)
  isOver = true
  await failing
  expect(await examineRedis(facts)).toEqual(['warning queue.failing'])
})

it.each([
  ['a string in place of the queue', () => redis.set(keys.ready, 'x')],
  ['a set', () => redis.sadd(keys.ready, 'x')],
  ['a counter that is no number', () => redis.hset(keys.stats, 'enqueued', 'many')],
])('finds %s', async (_, breakIt) => {
  await breakIt()
  const findings = await ills(server.url, queue)
  expect(findings).toMatchObject([{level: 'critical', check: 'queue.keys'}])
})
