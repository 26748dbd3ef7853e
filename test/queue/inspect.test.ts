import {randomUUID} from 'node:crypto'
import {Redis} from 'ioredis'
import {afterAll, describe, expect, inject, it} from 'vitest'
import {inspectQueue} from '../../src/queue/inspect.ts'
import type {QueueKeys} from '../../src/redis/keys.ts'
import {renderInspection, renderView} from '../../src/render/inspect.ts'
import {useServers} from '../support/context.ts'
import {seedLetters} from '../support/letters.ts'
import {setBook} from '../support/set-book.ts'

const context = useServers()
const look = ({queue, keys}: {queue: string; keys: QueueKeys}) =>
  inspectQueue(setBook(context.redis, keys), queue)

/** Calls of a command by all clients since the server started. */
async function calls(command: string): Promise<number> {
  const info = await context.redis.info('commandstats')
  return Number(new RegExp(`^cmdstat_${command}:calls=(\\d+)`, 'm').exec(info)?.[1] ?? 0)
}

it('asks for its figures in one step', async () => {
  const at = context.newQueue()
  await seedLetters(context, at, [{payload: '{}', reason: 'invalid', failedAt: 1.7e12}])
  await context.redis.hset(at.keys.stats, 'failed:invalid', '1:1700000000000:1700000000000')
  const sent: string[] = []
  const spied = new Proxy(context.redis, {
    get: (redis, name) => {
      const value = Reflect.get(redis, name)
      if (typeof value !== 'function') return value
      return (...args: unknown[]) => {
        sent.push(String(name))
        return value.apply(redis, args)
      }
    },
  })
  await inspectQueue(setBook(spied, at.keys), at.queue)
  // The snapshot, the memory of two keys, who wrote the items, and the two questions about the server
  expect(sent.filter((name) => name !== 'eval').sort()).toEqual([
    'evalsha',
    'evalsha',
    'evalsha',
    'hmget',
    'info',
    'slowlog',
    'zrangeBuffer',
  ])
})

it('reads no more of a hundred thousand letters than of ten', async () => {
  const at = context.newQueue()
  for (let from = 0; from < 100_000; from += 5000) {
    const members = Array.from({length: 5000}, (_, i) => [1.7e12 + from + i, `{"foreign":${from + i}}`])
    await context.redis.zadd(at.keys.dead, ...members.flat())
  }
  const before = await calls('zrange')
  const found = await look(at)
  expect(found.deadLetters).toBe(100_000)
  // A few reads at the ends of the set, and the sample for its memory
  expect((await calls('zrange')) - before).toBeLessThan(500)
})

it('tells since when letters fail, and knows scores that are no time', async () => {
  const at = context.newQueue()
  await context.redis.zadd(at.keys.dead, 0, 'a', 7, 'b', '-inf', 'c')
  const unknown = await look(at)
  expect(unknown).toMatchObject({firstFailedAt: null, lastFailedAt: null, foreignDeadLetters: 3})
  expect(renderInspection(unknown)).toMatch(/failed +unknown time/)
  await context.redis.zadd(at.keys.dead, 1_764_000_000, 'seconds', 1.7e12, 'ms', 1.75e15, 'micros')
  expect(await look(at)).toMatchObject({
    firstFailedAt: '2023-11-14T22:13:20.000Z',
    lastFailedAt: '2025-11-24T16:00:00.000Z',
  })
})

it('shows ten reasons, and how many more there are', async () => {
  const at = context.newQueue()
  for (let i = 0; i < 300; i++) {
    await context.redis.zadd(at.keys.dead, 1.7e12 + i, `${i}`)
    await context.redis.hset(at.keys.stats, `dead:reason_${i}`, 1)
  }
  const found = await look(at)
  expect(found.foreignDeadLetters).toBe(0)
  const text = renderInspection(found)
  expect(text).toMatch(/dead letters +300$/m)
  expect(text.match(/^ reason_\d+ +1 {2}unknown +unknown$/gm)).toHaveLength(10)
  expect(text).toMatch(/^ and 290 more reasons +290$/m)
  expect(Math.max(...text.split('\n').map((line) => line.length))).toBeLessThan(300)
})

it('says what has happened since the view before', async () => {
  const at = context.newQueue()
  const before = await look(at)
  await context.redis.hset(at.keys.stats, {enqueued: 500, inserted: 100})
  await context.redis.zadd(at.keys.ready, 1, 'a', 2, 'b')
  const now = {...(await look(at)), at: new Date(Date.parse(before.at) + 2000).toISOString()}
  expect(renderView(now, before)).toMatch(/^since .*Z, enqueued 250\/s, written 50\/s, ready \+2, /)
  expect(renderView(now, undefined)).not.toContain('since')
})

it('warns of a Redis that evicts keys, whichever', async () => {
  const at = context.newQueue()
  const found = await look(at)
  for (const policy of ['allkeys-lru', 'volatile-ttl']) {
    const evicting = new Proxy(context.redis, {
      get: (redis, name) => {
        if (name === 'info') return async () => `maxmemory:1000\r\nmaxmemory_policy:${policy}\r\n`
        const value = Reflect.get(redis, name)
        return typeof value === 'function' ? value.bind(redis) : value
      },
    })
    const {warnings} = await inspectQueue(setBook(evicting, at.keys), at.queue)
    expect(warnings.join()).toContain(policy)
  }
  expect(found.warnings).toEqual([])
})

describe('a user who may not ask everything', () => {
  const user = `u${randomUUID().slice(0, 8)}`
  let redis: Redis | undefined
  afterAll(async () => {
    redis?.disconnect()
    await context.redis.call('ACL', 'DELUSER', user)
  })

  it('sees the rest, and which part is not permitted', async () => {
    const at = context.newQueue()
    await seedLetters(context, at, [{payload: '{}'}])
    await context.redis.call('ACL', 'SETUSER', user, 'on', '>pw', '~*', '+@all', '-@dangerous', '-memory')
    const url = Object.assign(new URL(inject('redisUrl')), {username: user, password: 'pw'}).href
    redis = new Redis(url, {enableReadyCheck: false})
    const found = await inspectQueue(setBook(redis, at.keys), at.queue)
    expect(found).toMatchObject({
      deadLetters: 1,
      server: null,
      slowlog: null,
      memory: {ready: null, deadLetters: null},
    })
    expect(renderInspection(found).match(/not permitted/g)?.length).toBeGreaterThanOrEqual(4)
  })

  it('shows workers of older versions, which say less of themselves', async () => {
    const at = context.newQueue()
    const [seconds] = await context.redis.time()
    const old = {name: 'db-1:47:ab', workers: 2, postgres: 'closed', redis: 'closed', seenAt: seconds * 1000}
    const now = {
      ...old,
      name: 'db-2:48:cd',
      host: 'db-2',
      pid: 48,
      version: '2.0.0',
      recordsPerSecond: 12.5,
      mapping: 'm',
    }
    for (const state of [old, now])
      await context.redis.hset(at.keys.workers, state.name, JSON.stringify(state))
    const found = await look(at)
    expect(found.workers).toEqual([
      {...old, host: 'db-1', pid: 47, version: null, recordsPerSecond: null, mapping: null},
      now,
    ])
    const lines = renderInspection(found)
      .split('\n')
      .map((line) => line.trim().split(/ {2,}/))
    expect(lines).toContainEqual(['db-1', '47', '2', '-', 'ok', 'ok', '-'])
    expect(lines).toContainEqual(['db-2', '48', '2', '13', 'ok', 'ok', '2.0.0'])
  })

  it('changes nothing', async () => {
    const at = context.newQueue()
    const old = JSON.stringify({name: 'gone', workers: 1, postgres: 'closed', redis: 'closed', seenAt: 1})
    await context.redis.hset(at.keys.workers, 'gone', old)
    expect((await look(at)).workers).toEqual([])
    expect(await context.redis.hget(at.keys.workers, 'gone')).toBe(old)
  })
})
