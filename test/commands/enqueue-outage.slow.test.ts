import {Redis} from 'ioredis'
import {afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, onTestFinished} from 'vitest'
import {type QueueKeys, queueKeys} from '../../src/redis/keys.ts'
import {cliEnv, type RunningCli, runningCli, until} from '../support/cli.ts'
import {type FaultProxy, startProxy} from '../support/proxy.ts'
import {startSentinel} from '../support/sentinel.ts'
import {startTestRedis, type TestServer} from '../support/server.ts'

/** A Redis that may be killed, behind a proxy that may refuse. */
let server: TestServer
let proxy: FaultProxy
let redis: Redis
let url: string
let rounds = 0
let queue: string
let keys: QueueKeys
let running: RunningCli | undefined

beforeAll(async () => {
  server = await startTestRedis('appendonly yes')
  proxy = await startProxy(server.port)
  url = Object.assign(new URL(server.url), {port: String(proxy.port)}).href
  redis = new Redis(server.url, {retryStrategy: () => 20, maxRetriesPerRequest: null})
  redis.on('error', () => {})
})
afterAll(async () => {
  redis.disconnect()
  await proxy.close()
  await server.stop()
})
beforeEach(() => {
  queue = `q${++rounds}`
  keys = queueKeys(queue)
})
afterEach(() => {
  proxy.refuse(false)
  proxy.forget()
  running?.child.kill('SIGKILL')
})

function start(...args: string[]): RunningCli {
  running = runningCli(['enqueue', '-q', queue, '--json', ...args], cliEnv({REDIS_URL: url}))
  running.child.stdin.on('error', () => {})
  return running
}

function lines(from: number, to: number): string {
  return Array.from({length: to - from}, (_, i) => `{"a":${from + i}}\n`).join('')
}

async function queued(count: number): Promise<void> {
  await until(async () => (await redis.zcard(keys.ready)) >= count)
}

function loseRedis(): void {
  proxy.refuse(true)
  proxy.cut()
}

describe('Redis goes away while a producer writes', () => {
  it('says so, stops reading, and has every line once after it is back', async () => {
    const {child, stderr, ended} = start('-')
    child.stdin.write(lines(0, 10))
    await queued(10)
    loseRedis()
    // Far more than pipes and chunks hold, so the producer notices that nobody reads
    let isTaken = false
    child.stdin.write(lines(10, 200_000), () => {
      isTaken = true
    })
    await until(() => stderr().includes('Redis is unreachable: '))
    expect(isTaken).toBe(false)
    proxy.refuse(false)
    await until(() => isTaken)
    child.stdin.end()
    const {code, stdout} = await ended
    expect(code).toBe(0)
    expect(JSON.parse(stdout)).toMatchObject({read: 200_000, enqueued: 200_000, duplicates: 0, unsent: 0})
    expect(await redis.zcard(keys.ready)).toBe(200_000)
    expect(stderr()).toMatch(/Redis is unreachable: .*; waiting\nRedis is back\n$/)
  })

  it('waits for a Redis that is killed and reads its file', async () => {
    const {child, ended} = start('-')
    child.stdin.write(lines(0, 10))
    await queued(10)
    await server.crash()
    child.stdin.end(lines(10, 5000))
    await server.start()
    const {code, stdout} = await ended
    expect(code).toBe(0)
    expect(JSON.parse(stdout)).toMatchObject({read: 5000, enqueued: 5000, duplicates: 0})
    expect(await redis.zcard(keys.ready)).toBe(5000)
  })

  it.each(['SIGTERM', 'SIGINT'] as const)(
    'ends on %s with what was enqueued and what was not',
    async (signal) => {
      const {child, stderr, ended} = start('-')
      child.stdin.write(lines(0, 10))
      await queued(10)
      loseRedis()
      child.stdin.write(lines(10, 510))
      await until(() => stderr().includes('Redis is unreachable'))
      child.kill(signal)
      const {code, stdout} = await ended
      expect(code).toBe(130)
      const {read, enqueued, unsent} = JSON.parse(stdout)
      // The first lines are in Redis, but their answer may have been on its way when the connection was cut
      expect([0, 10]).toContain(enqueued)
      expect({read, unsent}).toEqual({read: 510, unsent: 510 - enqueued})
      expect(await redis.zcard(keys.ready)).toBe(10)
    },
  )

  it('counts the lines of a whole account: read = enqueued + duplicates + rejected + unsent', async () => {
    const {child, stderr, ended} = start('-')
    child.stdin.write(`${lines(0, 10)}not json\n${lines(0, 5)}`)
    await queued(10)
    loseRedis()
    child.stdin.write(`${lines(0, 3)}no json either\n${lines(100, 130)}`)
    await until(() => stderr().includes('Redis is unreachable'))
    child.kill('SIGTERM')
    const {read, enqueued, duplicates, rejected, unsent} = JSON.parse((await ended).stdout)
    expect({read, rejected}).toEqual({read: 50, rejected: 2})
    expect(enqueued + duplicates + rejected + unsent).toBe(50)
    expect(unsent).toBeGreaterThanOrEqual(33)
  })

  it('still ends with 4 where there is no Redis at the start', async () => {
    proxy.refuse(true)
    const {child, ended} = start('-')
    child.stdin.end(lines(0, 10))
    const {code, stdout} = await ended
    expect(code).toBe(4)
    expect(JSON.parse(stdout).error.code).toBe('CONNECT')
  })

  it('waits at --max-depth, too', async () => {
    const {child, stderr, ended} = start('--max-depth', '10', '-')
    child.stdin.end(lines(0, 15))
    await until(() => stderr().includes('waiting'))
    loseRedis()
    await until(() => stderr().includes('Redis is unreachable'))
    proxy.refuse(false)
    await until(() => stderr().includes('Redis is back'))
    await redis.zremrangebyrank(keys.ready, 0, -1)
    const {stdout} = await ended
    expect(JSON.parse(stdout)).toMatchObject({read: 15, enqueued: 15})
  })
})

it('waits where the sentinels are away with Redis, too', async () => {
  const settings = ['down-after-milliseconds 60000']
  const sentinel = await startSentinel(proxy.port, {quorum: 1, settings})
  onTestFinished(sentinel.stop)
  const viaSentinel = `redis+sentinel://:test@127.0.0.1:${sentinel.port}/main`
  const args = ['enqueue', '-q', queue, '--json', '-']
  running = runningCli(args, cliEnv({REDIS_URL: viaSentinel}))
  const {child, stderr, ended} = running
  child.stdin.write(lines(0, 10))
  await queued(10)
  sentinel.freeze()
  loseRedis()
  child.stdin.end(lines(10, 30))
  await until(() => stderr().includes('Redis is unreachable: no sentinel answers'))
  sentinel.thaw()
  proxy.refuse(false)
  const {code, stdout} = await ended
  expect(code).toBe(0)
  expect(JSON.parse(stdout)).toMatchObject({read: 30, enqueued: 30, duplicates: 0})
})

describe('Redis refuses writes', () => {
  afterEach(async () => {
    await redis.replicaof('NO', 'ONE')
  })

  it('is waited for by a producer that it has served before', async () => {
    const {child, stderr, ended} = start('-')
    child.stdin.write(lines(0, 10))
    await queued(10)
    await redis.replicaof('127.0.0.1', 1)
    child.stdin.end(lines(10, 30))
    await until(() => stderr().includes('Redis refuses new items: READONLY'))
    await redis.replicaof('NO', 'ONE')
    const {code, stdout} = await ended
    expect(code).toBe(0)
    expect(JSON.parse(stdout)).toMatchObject({read: 30, enqueued: 30, duplicates: 0})
  })

  it('stops a producer whose password it does not take any more, with what was enqueued', async () => {
    const {child, ended} = start('-')
    child.stdin.write(lines(0, 10))
    await queued(10)
    await redis.config('SET', 'requirepass', 'another')
    proxy.cut()
    child.stdin.write(lines(10, 30))
    const {code, stdout} = await ended
    await redis.config('SET', 'requirepass', 'test')
    expect(code).toBe(4)
    const {error} = JSON.parse(stdout)
    // The answer to the first lines may have been on its way, too
    expect(error).toMatchObject({code: 'WRONGPASS', message: expect.stringMatching(/\b(0|10) of /)})
  })
})
