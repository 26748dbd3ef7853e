import {Redis} from 'ioredis'
import {afterAll, afterEach, beforeAll, describe, expect, it, vi} from 'vitest'
import {defineScript, runScript} from '../../src/redis/script.ts'
import {startProxy} from '../support/proxy.ts'
import {startTestRedis, type TestServer} from '../support/server.ts'
import {examineRedis, ills, redisFacts, titles} from './examine.ts'

let server: TestServer
let redis: Redis

beforeAll(async () => {
  server = await startTestRedis('enable-debug-command local')
  redis = new Redis(server.url)
})

afterEach(async () => {
  vi.useRealTimers()
  await redis.config('SET', 'maxclients', '10000')
  await redis.flushall()
  await redis.slowlog('RESET')
})

afterAll(async () => {
  redis.disconnect()
  await server.stop()
})

/** Keeps Redis busy. */
const SPIN = defineScript(
  'spin',
  `local from = redis.call('TIME')
local until_us = from[1] * 1000000 + from[2] + ARGV[1] * 1000
repeat local now = redis.call('TIME') until now[1] * 1000000 + now[2] >= until_us`,
)

/** Runs it by its hash, as every call but the first one does. */
async function spin(ms: number): Promise<void> {
  await redis.script('LOAD', SPIN.lua)
  await runScript(redis, SPIN, ['queue:orders'], [ms])
}

describe('the slow log', () => {
  it('tells of a script of qtool that is slow, by its name and queue', async () => {
    await spin(30)
    const findings = await ills(server.url)
    expect(findings).toMatchObject([{level: 'warning', check: 'redis.slowlog'}])
    expect(findings[0].what).toContain("qtool's script spin on queue:orders")
    await spin(150)
    expect(await examineRedis(server.url)).toEqual(['critical redis.slowlog'])
  })

  it('tells of a slow command of another program, without its arguments', async () => {
    await redis.call('DEBUG', 'SLEEP', '0.15')
    const facts = await redisFacts(server.url)
    expect(await examineRedis(facts)).toEqual(['warning redis.slowlog'])
    expect(facts.redis?.slowlog).toMatchObject([{command: 'DEBUG', script: null, key: null}])
  })

  it('is left alone if commands of other programs take 30 ms', async () => {
    await redis.call('DEBUG', 'SLEEP', '0.03')
    expect(await examineRedis(server.url)).toEqual([])
  })
})

it('finds that clients are near the limit, and who has most of them', async () => {
  await redis.config('SET', 'maxclients', '20')
  const crowd = Array.from({length: 15}, () => new Redis(server.url, {connectionName: 'crowd'}))
  try {
    await Promise.all(crowd.map((one) => one.ping()))
    const findings = await ills(server.url)
    expect(findings).toMatchObject([{level: 'warning', check: 'redis.clients'}])
    expect(findings[0].what).toContain('15 of them named "crowd"')
    await redis.config('SET', 'maxclients', '17')
    expect(await examineRedis(server.url)).toEqual(['critical redis.clients'])
  } finally {
    for (const one of crowd) one.disconnect()
  }
})

it('finds that one qtool could open more connections than are left', async () => {
  await redis.config('SET', 'maxclients', '40')
  const facts = await redisFacts(server.url)
  expect(await examineRedis(facts)).toEqual([])
  facts.qtool.redisMaxConnections = 50
  expect(await examineRedis(facts)).toEqual(['warning redis.clients'])
})

it('measures the time that the main thread is busy', async () => {
  let isOver = false
  const other = redis.duplicate()
  const spinning = (async () => {
    while (!isOver) await runScript(other, SPIN, ['queue:orders'], [5])
  })()
  const before = await cpuMsOfRedis()
  const facts = await redisFacts(server.url)
  const inAll = (await cpuMsOfRedis()) - before
  isOver = true
  await spinning
  other.disconnect()
  const {cpuMs = 0, overMs = 1} = facts.redis?.change ?? {}
  // Other programs may want the core as well, so the time that Redis has had is what to compare with
  expect(cpuMs).toBeGreaterThan(inAll / 5)
  expect(cpuMs).toBeLessThanOrEqual(inAll)
  expect(cpuMs / overMs).toBeLessThan(1.1)
})

/** As Redis itself says; its answer comes from the same thread. */
async function cpuMsOfRedis(): Promise<number> {
  const info = await redis.info('cpu')
  const of = (mode: string) => Number(new RegExp(`used_cpu_${mode}_main_thread:([\\d.]+)`).exec(info)?.[1])
  return (of('sys') + of('user')) * 1000
}

it('finds that Redis is far', async () => {
  const proxy = await startProxy(server.port)
  try {
    proxy.delay(6)
    const url = Object.assign(new URL(server.url), {port: String(proxy.port)})
    expect(titles(await redisFacts(url.href))).toEqual(['warning redis.round-trip'])
  } finally {
    await proxy.close()
  }
})

it.each([
  [2000, 'warning'],
  [-2000, 'warning'],
  [60_000, 'critical'],
])('finds that the clock of this host is off by %i ms', async (ms, level) => {
  vi.useFakeTimers({toFake: ['Date'], now: Date.now() + ms, shouldAdvanceTime: false})
  expect(await examineRedis(server.url)).toEqual([`${level} host.clocks`])
})

describe('a consumer group', () => {
  it('of a stream that is read is healthy', async () => {
    await redis.xadd('events', '*', 'a', '1')
    await redis.xgroup('CREATE', 'events', 'readers', '0')
    await redis.xreadgroup('GROUP', 'readers', 'ann', 'COUNT', 10, 'STREAMS', 'events', '>')
    expect(await examineRedis(server.url)).toEqual([])
  })

  it('without a reader is found', async () => {
    await redis.xadd('events', '*', 'a', '1')
    await redis.xgroup('CREATE', 'events', 'nobody', '0')
    expect(await examineRedis(server.url)).toEqual(['warning redis.groups'])
  })

  it('of a queue is healthy without a consumer: it has one only while a lease is held', async () => {
    await redis.xadd('queue:a', '*', 'item', '{}')
    await redis.xgroup('CREATE', 'queue:a', 'qtool', '0')
    expect(await examineRedis(server.url)).toEqual([])
  })

  it('whose reader took entries and died is found', async () => {
    const id = String(await redis.xadd('events', '*', 'a', '1'))
    await redis.xgroup('CREATE', 'events', 'readers', '0')
    await redis.xreadgroup('GROUP', 'readers', 'ann', 'COUNT', 10, 'STREAMS', 'events', '>')
    await redis.xclaim('events', 'readers', 'ann', 0, id, 'IDLE', 200_000)
    const facts = await redisFacts(server.url)
    expect(await examineRedis(facts)).toEqual([])
    // Redis has no command that sets the idle time of a consumer
    for (const group of facts.redis?.groups ?? []) group.idleMs = 200_000
    expect(await examineRedis(facts)).toEqual(['critical redis.groups'])
  })
})
