import {Redis} from 'ioredis'
import {afterAll, beforeAll, describe, expect, inject, it} from 'vitest'
import type {SeenCanary} from '../../src/letters/canary.ts'
import {type ReplayOptions, runReplay} from '../../src/letters/run-replay.ts'
import type {QueueEngine} from '../../src/queue/engine.ts'
import {purgeItems} from '../../src/queue/item-trash.ts'
import {pauseQueue} from '../../src/queue/pause.ts'
import type {QueueKeys} from '../../src/redis/keys.ts'
import {until} from '../support/cli.ts'
import {deadLetters, drainAll, testSink, useServers} from '../support/context.ts'
import {seedLetters} from '../support/letters.ts'
import {type FaultProxy, startProxy} from '../support/proxy.ts'
import {setBook} from '../support/set-book.ts'

const context = useServers()
const defaults = {filter: {}, dryRun: false, signal: new AbortController().signal}
const replay = (engine: QueueEngine, options: Partial<ReplayOptions> = {}) =>
  runReplay(engine, {...defaults, ...options})

beforeAll(async () => {
  await context.pool.query('CREATE TABLE parent (id int PRIMARY KEY)')
  await context.pool.query('CREATE TABLE child (n int PRIMARY KEY, parent int REFERENCES parent)')
  await context.pool.query('INSERT INTO parent VALUES (1)')
})

const letters = (from: number, count: number, parent: number) =>
  Array.from({length: count}, (_, i) => ({payload: `{"n":${from + i},"parent":${parent}}`}))
const canary = {count: 5, abortOn: 0.05, timeoutMs: 20_000}

/** Replays while workers drain. */
async function replayToWorkers(
  at: {queue: string; keys: QueueKeys; engine: QueueEngine},
  options: Partial<ReplayOptions>,
) {
  const sink = await testSink(context, 'child')
  const stop = new AbortController()
  const worker = drainAll(context, sink, at, {untilEmpty: false, signal: stop.signal})
  const result = await replay(at.engine, options)
  stop.abort()
  await worker
  return result
}

it('stops a replay that fails again, and leaves the rest', async () => {
  const at = context.newQueue()
  await seedLetters(context, at, letters(1000, 50, 404))
  const looks: SeenCanary[] = []
  const result = await replayToWorkers(at, {canary, onCanary: (seen) => looks.push(seen)})
  expect(looks.every(({items, open, failedAgain}) => items === 5 && open + failedAgain <= 5)).toBe(true)
  expect(looks.at(-1)).toEqual({items: 5, failedAgain: 5, open: 0})
  expect(result).toMatchObject({
    replayed: 5,
    aborted: true,
    canary: {items: 5, failedAgain: 5, open: 0, paused: false},
  })
  expect(await context.redis.zcard(at.keys.dead)).toBe(50)
})

it('lets the rest follow where it lives', async () => {
  const at = context.newQueue()
  await seedLetters(context, at, letters(2000, 40, 1))
  const result = await replayToWorkers(at, {canary})
  expect(result).toMatchObject({replayed: 40, aborted: false, canary: {items: 5, failedAgain: 0}})
})

it('judges fewer letters than it was to have', async () => {
  const at = context.newQueue()
  await seedLetters(context, at, letters(3000, 4, 404))
  const result = await replayToWorkers(at, {canary: {...canary, count: 500, abortOn: 0}})
  expect(result).toMatchObject({replayed: 4, aborted: true, canary: {items: 4, failedAgain: 4}})
})

it('gives no verdict where it is interrupted', async () => {
  const at = context.newQueue()
  await seedLetters(context, at, letters(4000, 10, 404))
  const stop = new AbortController()
  const onProgress = () => setTimeout(() => stop.abort(), 20)
  const result = await replay(at.engine, {canary, signal: stop.signal, onProgress})
  expect(result).toMatchObject({replayed: 5, canary: null, aborted: false, remaining: 5})
})

it('says what is open when nobody works, and leaves the rest', async () => {
  const at = context.newQueue()
  await seedLetters(context, at, letters(5000, 10, 404))
  const result = await replay(at.engine, {canary: {...canary, timeoutMs: 60}})
  expect(result).toMatchObject({
    replayed: 5,
    remaining: 5,
    aborted: true,
    canary: {items: 5, failedAgain: 0, open: 5, paused: false},
  })
})

it('says that the queue is paused', async () => {
  const at = context.newQueue()
  await seedLetters(context, at, letters(6000, 10, 404))
  await pauseQueue(context.redis, at.keys)
  const result = await replay(at.engine, {canary: {...canary, timeoutMs: 60}})
  expect(result).toMatchObject({aborted: true, canary: {open: 5, paused: true}})
})

describe('a worker that is 20 ms away', () => {
  let proxy: FaultProxy
  let far: Redis
  beforeAll(async () => {
    proxy = await startProxy(Number(new URL(inject('redisUrl')).port))
    far = new Redis(Object.assign(new URL(inject('redisUrl')), {port: String(proxy.port)}).href)
    proxy.delay(10)
  })
  afterAll(async () => {
    far.disconnect()
    await proxy.close()
  })

  it.each([1, 2, 3, 4, 5])(
    'is believed only where it has said what became of each item (%d)',
    async (round) => {
      const at = context.newQueue()
      const fails = letters(7000 + round * 100, 10, 404)
      await seedLetters(context, at, [...fails, ...letters(7000 + round * 100 + 50, 10, 1)])
      const sink = await testSink(context, 'child')
      const stop = new AbortController()
      const worker = drainAll({...context, redis: far}, sink, at, {
        untilEmpty: false,
        batch: 3,
        signal: stop.signal,
      })
      const result = await replay(at.engine, {canary: {...canary, count: 20, abortOn: 1}})
      stop.abort()
      await worker
      expect(result.canary).toEqual({items: 20, failedAgain: 10, open: 0, paused: false})
      expect(await context.redis.exists(at.keys.history, at.keys.canary)).toBe(0)
    },
  )
})

it('waits for an item whose parent is still waited for', async () => {
  const at = context.newQueue()
  await seedLetters(context, at, letters(8000, 3, 405))
  const sink = await testSink(context, 'child')
  const stop = new AbortController()
  const foreignKeys = {retries: 20, delayMs: 30}
  const worker = drainAll(context, sink, at, {untilEmpty: false, signal: stop.signal, foreignKeys})
  const replaying = replay(at.engine, {canary})
  await until(async () => Number(await context.redis.hget(at.keys.stats, 'fence')) > 3)
  await context.pool.query('INSERT INTO parent VALUES (405)')
  expect((await replaying).canary).toMatchObject({items: 3, failedAgain: 0, open: 0})
  stop.abort()
  await worker
})

it('keeps no history of items that were written, and that of those that failed in their letters alone', async () => {
  const at = context.newQueue()
  await seedLetters(context, at, [...letters(9000, 30, 1), ...letters(9100, 20, 404)])
  expect(await replay(at.engine)).toMatchObject({replayed: 50})
  expect(await context.redis.hlen(at.keys.history)).toBe(50)
  await drainAll(context, await testSink(context, 'child'), at)
  expect(await context.redis.exists(at.keys.history)).toBe(0)
  const left = await deadLetters(context, at.keys)
  expect(left.map(({history}) => (Array.isArray(history) ? history.length : 0))).toEqual(Array(20).fill(1))
})

it('keeps no history of items that were purged, once the queue is empty', async () => {
  const at = context.newQueue()
  await seedLetters(context, at, letters(9200, 5, 1))
  await replay(at.engine)
  await purgeItems(setBook(context.redis, at.keys))
  await drainAll(context, await testSink(context, 'child'), at)
  expect(await context.redis.exists(at.keys.history)).toBe(0)
})

it('is told what became of a lease by the worker after the one that wrote it', async () => {
  const at = context.newQueue()
  await seedLetters(context, at, [...letters(9300, 3, 1), ...letters(9400, 2, 404)])
  const replaying = replay(at.engine, {canary: {...canary, abortOn: 1}})
  // The first worker dies between COMMIT and the acknowledgement
  const dies = new Proxy(context.redis, {
    get: (redis, name) => {
      const value = Reflect.get(redis, name)
      if (typeof value !== 'function') return value
      return (...args: unknown[]) => {
        if (args.includes(at.keys.canary) && isDead.now) throw new Error('Connection is closed.')
        return value.apply(redis, args)
      }
    },
  })
  const isDead = {now: true}
  const stop = new AbortController()
  const sink = await testSink(context, 'child')
  const first = drainAll({...context, redis: dies}, sink, at, {signal: stop.signal, leaseMs: 500})
  const written = async () =>
    Number(
      (await context.pool.query('SELECT count(*) n FROM child WHERE n BETWEEN 9300 AND 9302')).rows[0].n,
    ) === 3
  await until(written)
  stop.abort()
  await first
  isDead.now = false
  await drainAll(context, sink, at)
  expect((await replaying).canary).toEqual({items: 5, failedAgain: 2, open: 0, paused: false})
})
