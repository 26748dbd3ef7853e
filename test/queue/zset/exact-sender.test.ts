import {Redis} from 'ioredis'
import {afterAll, beforeAll, describe, expect, inject, it} from 'vitest'
import type {EnqueueMode} from '../../../src/queue/engine.ts'
import {Enqueuer} from '../../../src/queue/zset/enqueuer.ts'
import {ScoreClock} from '../../../src/queue/zset/score.ts'
import type {QueueKeys} from '../../../src/redis/keys.ts'
import {useServers} from '../../support/context.ts'
import {type FaultAction, type FaultProxy, startProxy} from '../../support/proxy.ts'

const context = useServers()
let proxy: FaultProxy
let redis: Redis

beforeAll(async () => {
  proxy = await startProxy(Number(new URL(inject('redisUrl')).port))
  const url = Object.assign(new URL(inject('redisUrl')), {port: String(proxy.port)}).href
  redis = new Redis(url, {commandTimeout: 500, retryStrategy: () => 5, maxRetriesPerRequest: null})
  redis.on('error', () => {})
})
afterAll(async () => {
  redis.disconnect()
  await proxy.close()
})

const ITEMS = Array.from({length: 600}, (_, i) => `{"a":${i}}`)

/** Enqueues while somebody else takes items out all the time; returns everything that ever came out. */
async function enqueueAndTake(keys: QueueKeys, mode: EnqueueMode, items = ITEMS) {
  const taken: string[] = []
  let isDone = false
  const taker = (async () => {
    while (!isDone || (await context.redis.exists(keys.ready))) {
      const popped = await context.redis.zpopmin(keys.ready, 20)
      taken.push(...popped.filter((_, i) => i % 2 === 0))
    }
  })()
  const clock = new ScoreClock(0, Date.now)
  const enqueuer = await Enqueuer.open(redis, {keys, mode, batch: 10, clock})
  for (const item of items) await enqueuer.add(Buffer.from(item), 0, item.length)
  await enqueuer.finish()
  await enqueuer.close()
  isDone = true
  await taker
  return {taken, enqueuer}
}

describe.each(['single', 'pipeline', 'batch'] as const)(
  'enqueueing by %s over a connection that breaks',
  (mode) => {
    it.each<[FaultAction, number]>([
      ['cut', 1],
      ['cut-after-reply', 1],
      ['cut-after-reply', 6],
      ['swallow-reply', 1],
    ])('%s, %d times: every item arrives once', async (action, times) => {
      const {keys} = context.newQueue()
      const fired = proxy.onRequest(`{"a":`, action, times)
      const {taken, enqueuer} = await enqueueAndTake(keys, mode)
      await fired
      expect(taken.sort()).toEqual([...ITEMS].sort())
      expect(enqueuer).toMatchObject({added: 600, duplicates: 0, pending: 0})
      expect(await context.redis.hget(keys.stats, 'enqueued')).toBe('600')
    })
  },
)

it('counts what was there before as duplicates, also where it has to look', async () => {
  const {keys} = context.newQueue()
  await context.redis.zadd(keys.ready, 1, ITEMS[3], 1, ITEMS[4])
  const fired = proxy.onRequest(ITEMS[3], 'cut-after-reply')
  const enqueuer = await Enqueuer.open(redis, {
    keys,
    mode: 'batch',
    batch: 10,
    clock: new ScoreClock(0, Date.now),
  })
  for (const item of ITEMS.slice(0, 10)) await enqueuer.add(Buffer.from(item), 0, item.length)
  await enqueuer.finish()
  await fired
  await enqueuer.close()
  expect(enqueuer).toMatchObject({added: 8, duplicates: 2})
  expect(await context.redis.hget(keys.stats, 'enqueued')).toBe('8')
})

it('leaves nothing behind', async () => {
  const {keys} = context.newQueue()
  await enqueueAndTake(keys, 'batch')
  expect(await context.redis.keys(`${keys.sent('*')}`)).toEqual([])
})

it('fails once the client has given up, also where that was before it looked', async () => {
  const {keys} = context.newQueue()
  const url = Object.assign(new URL(inject('redisUrl')), {port: String(proxy.port)}).href
  const brief = new Redis(url, {retryStrategy: (times) => (times > 2 ? null : 5), maxRetriesPerRequest: null})
  brief.on('error', () => {})
  const clock = new ScoreClock(0, Date.now)
  const enqueuer = await Enqueuer.open(brief, {keys, mode: 'batch', batch: 10, clock})
  proxy.refuse(true)
  proxy.cut()
  const sending = (async () => {
    for (let i = 0; i < 1000; i++) await enqueuer.add(Buffer.from(ITEMS[i % 600]), 0, ITEMS[i % 600].length)
    await enqueuer.finish()
  })()
  await expect(sending).rejects.toThrow()
  await expect(enqueuer.finish()).rejects.toThrow()
  proxy.refuse(false)
  await enqueuer.close()
  brief.disconnect()
})
