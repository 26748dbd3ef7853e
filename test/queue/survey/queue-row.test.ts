import {randomUUID} from 'node:crypto'
import {Redis} from 'ioredis'
import {afterAll, describe, expect, inject, it} from 'vitest'
import {readQueue, withRates} from '../../../src/queue/survey/queue-row.ts'
import {push, useServers} from '../../support/context.ts'
import {workerState} from '../../support/worker-state.ts'

const context = useServers()
const read = async (queue: string, {memory = false} = {}) =>
  (await readQueue(context.redis, queue, {memory})).row

it('has the figures of a queue', async () => {
  const {queue, keys, engine} = context.newQueue()
  await push(context, keys, ['{"a":1}', '{"a":2}'])
  await context.redis.zadd(keys.leases, 1, 'old', 9e15, 'new')
  await context.redis.zadd(keys.lease('old'), 0, 'x', 1, 'y', 2, 'z')
  await context.redis.zadd(keys.dead, 1e12, 'a letter')
  await engine.reportWorker(workerState('w1', {workers: 10}))
  await engine.reportWorker(workerState('w2', {workers: 4}))
  await engine.pause({forMs: 600_000})
  const row = await read(queue)
  expect(row).toEqual({
    queue,
    engine: 'zset',
    shards: null,
    readyKey: null,
    payload: null,
    problem: null,
    ready: 2,
    leased: 3,
    overdueLeases: 1,
    deadLetters: 1,
    lastFailedAgoMs: expect.closeTo(Date.now() - 1e12, -5),
    oldestMs: null,
    paused: true,
    pauseEndsInMs: expect.any(Number),
    workers: 14,
    inPerSecond: null,
    outPerSecond: null,
    lastMinute: null,
    recentReady: [],
    memory: null,
  })
})

it('has the bytes of ready items and dead letters where they are asked for', async () => {
  const {queue, keys} = context.newQueue()
  await context.redis.zadd(keys.ready, 1, 'x'.repeat(5000))
  const bytes = Number(await context.redis.call('MEMORY', 'USAGE', keys.ready, 'SAMPLES', '0'))
  expect((await read(queue, {memory: true})).memory).toEqual({
    ready: {bytes, isEstimate: false},
    deadLetters: {bytes: 0, isEstimate: false},
  })
})

it('counts no worker that is silent or no worker at all', async () => {
  const {queue, keys} = context.newQueue()
  const silent = JSON.stringify({name: 'a', workers: 3, seenAt: 1})
  const odd = {b: 'null', c: '{}', d: 'x', e: '[]', f: `{"name":"f","workers":"9","seenAt":9e15}`}
  await context.redis.hset(keys.workers, {a: silent, ...odd})
  expect(await read(queue)).toMatchObject({workers: 0, problem: null})
})

it.each([
  ['list', ['rpush', 'a', 'b']],
  ['stream', ['xadd', '*', 'f', 'v']],
] as const)('counts the items of a %s', async (engine, [command, ...args]) => {
  const {queue, keys} = context.newQueue()
  await context.redis.call(command, keys.ready, ...args)
  const ready = engine === 'list' ? 2 : 1
  expect(await read(queue)).toMatchObject({
    engine,
    ready,
    problem: null,
    oldestMs: engine === 'list' ? null : expect.any(Number),
  })
})

it('says of a queue that nobody can know what it is', async () => {
  const {queue, keys} = context.newQueue()
  await context.redis.set(keys.sink, 'a text')
  expect(await read(queue)).toMatchObject({ready: null, problem: 'sink:NAME has another type'})
})

it('counts the items of a queue that has another key', async () => {
  const {queue, keys} = context.newQueue()
  const key = `other-${queue}`
  await context.redis.hset(keys.sink, 'ready_key', key, 'engine', 'list', 'list_pops', 'right')
  expect(await read(queue)).toMatchObject({engine: 'list', ready: 0, problem: null})
  await context.redis.lpush(key, 'a', 'b', 'c')
  expect(await read(queue)).toMatchObject({engine: 'list', ready: 3, problem: null})
  await context.redis.del(key)
  await context.redis.zadd(key, 1, 'a')
  expect(await read(queue)).toMatchObject({ready: null, problem: 'its key has become another type'})
  await context.redis.del(key)
})

describe('a queue whose key has another type', () => {
  it.each([
    ['ready', ['hset', 'f', 'v'], 'hash', 'not a queue'],
    ['ready', ['set', 'x'], 'string', 'not a queue'],
    ['ready', ['sadd', 'x'], 'set', 'not a queue'],
    ['dead', ['set', 'x'], 'zset', 'dlq:NAME is a string'],
    ['leases', ['hset', 'f', 'v'], 'zset', 'leases:NAME is a hash'],
    ['stats', ['set', 'x'], 'zset', 'stats:NAME is a string'],
    ['workers', ['rpush', 'x'], 'zset', 'workers:NAME is a list'],
  ] as const)('%s by %j says so in its row', async (name, [command, ...args], engine, problem) => {
    const {queue, keys} = context.newQueue()
    await context.redis.call(command, keys[name], ...args)
    const row = await read(queue, {memory: true})
    await context.redis.del(keys[name])
    expect(row).toMatchObject({engine, problem, ready: null, workers: null})
  })

  it('says so of a counter that is no number', async () => {
    const {queue, keys} = context.newQueue()
    await context.redis.hset(keys.stats, 'enqueued', 'many')
    expect(await read(queue)).toMatchObject({
      engine: 'zset',
      problem: 'a counter in stats:NAME is not a number',
    })
  })

  it('says so of a lease too', async () => {
    const {queue, keys} = context.newQueue()
    await context.redis.zadd(keys.leases, 1, 'id')
    await context.redis.set(keys.lease('id'), 'x')
    expect(await read(queue)).toMatchObject({engine: 'zset', problem: 'a key has another type'})
  })

  it('is paused or not, whatever the key of the pause is', async () => {
    const {queue, keys} = context.newQueue()
    await context.redis.rpush(keys.paused, 'x')
    expect(await read(queue)).toMatchObject({problem: null, paused: true})
  })
})

/** Patterns for the keys that are named when a queue is read. */
const NAMED = ['queue', 'dlq', 'leases', 'stats', 'paused', 'workers'].map((family) => `~${family}:*`)

describe('a user who may not read everything', () => {
  const user = `u${randomUUID().slice(0, 8)}`
  let redis: Redis | undefined
  afterAll(async () => {
    redis?.disconnect()
    await context.redis.call('ACL', 'DELUSER', user)
  })

  it.each([
    ['the key', ['+@all', '~leases:*']],
    ['a key that only the script names', ['+@all', ...NAMED]],
    ['a command', ['~*', '+@all', '-zcard']],
    ['any script', ['~*', '+@all', '-@scripting']],
  ])('reads that it is not permitted: %s', async (_, rules) => {
    const {queue, keys} = context.newQueue()
    await context.redis.zadd(keys.leases, 1, 'id')
    await context.redis.call('ACL', 'SETUSER', user, 'reset', 'on', '>pw', ...rules)
    const url = Object.assign(new URL(inject('redisUrl')), {username: user, password: 'pw'}).href
    redis?.disconnect()
    redis = new Redis(url)
    const {row} = await readQueue(redis, queue, {memory: false})
    expect(row).toMatchObject({engine: null, problem: 'not permitted', ready: null})
  })

  it('has the other figures without the memory', async () => {
    const {queue} = context.newQueue()
    await context.redis.call('ACL', 'SETUSER', user, 'reset', 'on', '>pw', '~*', '+@all', '-memory')
    const url = Object.assign(new URL(inject('redisUrl')), {username: user, password: 'pw'}).href
    redis?.disconnect()
    redis = new Redis(url)
    const {row} = await readQueue(redis, queue, {memory: true})
    expect(row).toMatchObject({problem: null, ready: 0, memory: {ready: null, deadLetters: null}})
  })
})

describe('rates', () => {
  const reading = async (queue: string) => readQueue(context.redis, queue, {memory: false})
  const at = (ms: number, from: {in: number | undefined; out: number | undefined}) => ({...from, atMs: ms})

  it('are what the counters gained, a second', async () => {
    const {queue, keys} = context.newQueue()
    await context.redis.hset(keys.stats, {enqueued: 100, inserted: 10})
    const before = (await reading(queue)).passed
    await context.redis.hset(keys.stats, {enqueued: 150})
    await context.redis.hset(keys.stats, {inserted: 20, already_there: 3, suppressed: 2, dead_lettered: 5})
    const now = await reading(queue)
    const [from, to] = [at(1000, before ?? fail()), at(3000, now.passed ?? fail())]
    expect(withRates(now.row, from, to)).toMatchObject({inPerSecond: 25, outPerSecond: 10})
  })

  it('are null for a queue that nobody has counted for', async () => {
    const {queue, keys} = context.newQueue()
    await push(context, keys, ['{"a":1}'])
    const {row, passed} = await reading(queue)
    expect(passed).toMatchObject({in: undefined, out: undefined})
    expect(withRates(row, at(0, passed ?? fail()), at(1000, passed ?? fail()))).toMatchObject({
      inPerSecond: null,
      outPerSecond: null,
    })
  })

  it('are null where the counters began again, and where there was no reading before', async () => {
    const {row} = await reading(context.newQueue().queue)
    const now = at(2000, {in: 1, out: 1})
    expect(withRates(row, at(1000, {in: 5, out: 0}), now)).toMatchObject({inPerSecond: null, outPerSecond: 1})
    expect(withRates(row, undefined, now)).toMatchObject({inPerSecond: null, outPerSecond: null})
  })
})

function fail(): never {
  throw new Error('expected a reading')
}
