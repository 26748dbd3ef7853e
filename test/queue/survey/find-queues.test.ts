import {Redis} from 'ioredis'
import {afterAll, beforeAll, beforeEach, describe, expect, it, vi} from 'vitest'
import {knownQueues} from '../../../src/queue/known-queues.ts'
import {findQueues} from '../../../src/queue/survey/find-queues.ts'
import {startTestRedis, type TestServer} from '../../support/server.ts'

let server: TestServer
let redis: Redis

beforeAll(async () => {
  server = await startTestRedis('appendonly no')
  redis = new Redis(server.url)
})

beforeEach(() => redis.flushall())

afterAll(async () => {
  redis.disconnect()
  await server.stop()
})

async function findAll(match?: string) {
  const queues: string[] = []
  const foreignNames: string[] = []
  for await (const step of findQueues(redis, {match})) {
    queues.push(...step.queues)
    foreignNames.push(...step.foreignNames)
  }
  return {queues: queues.sort(), foreignNames: foreignNames.sort()}
}

/** The arguments of every SCAN that is sent during `act`. */
async function scansOf(act: () => Promise<unknown>): Promise<string[][]> {
  const sent = vi.spyOn(redis, 'sendCommand')
  try {
    await act()
    return sent.mock.calls.flatMap(([{name, args}]) => (name === 'scan' ? [args.map(String)] : []))
  } finally {
    sent.mockRestore()
  }
}

async function fill(count: number, commandOf: (i: number) => string[]): Promise<void> {
  for (let from = 0; from < count; from += 5000) {
    const part = Array.from({length: Math.min(5000, count - from)}, (_, i) => commandOf(from + i))
    await redis.pipeline(part).exec()
  }
}

it('finds 5,000 queues among 100,000 other keys, once each, in steps of a thousand keys', async () => {
  await fill(5000, (i) => ['zadd', `queue:q${i}`, '1', 'x'])
  await fill(5000, (i) => ['zadd', `dlq:q${i}`, '1', 'x'])
  await fill(90_000, (i) => ['set', `session:${i}`, 'x'])
  const expected = Array.from({length: 5000}, (_, i) => `q${i}`).sort()
  let found: string[] = []
  const scans = await scansOf(async () => {
    found = (await findAll()).queues
  })
  expect(found).toEqual(expected)
  expect(scans.map(([, , , count, keys]) => [count, keys])).toEqual(scans.map(() => ['COUNT', '1000']))
  expect(scans.length).toBeGreaterThanOrEqual(95)
  expect(scans.length).toBeLessThan(150)
})

it('lets its caller stop after any step', async () => {
  await fill(20_000, (i) => ['zadd', `queue:q${i}`, '1', 'x'])
  const scans = await scansOf(async () => {
    for await (const {isLast} of findQueues(redis)) {
      expect(isLast).toBe(false)
      break
    }
  })
  expect(scans).toHaveLength(1)
})

describe('a name counts as a queue', () => {
  const paused = new Date().toISOString()
  it.each([
    ['with items', ['zadd', 'queue:a', '1', 'x']],
    ['with dead letters', ['zadd', 'dlq:a', '1', 'x']],
    ['with leases', ['zadd', 'leases:a', '1', 'id']],
    ['with counters of a producer', ['hset', 'stats:a', 'enqueued', '5']],
    ['with the last fence of a lease', ['hset', 'stats:a', 'fence', '5']],
    ['with something to undo', ['hset', 'trash:a', 'id', 'ready 3 1764000000000']],
    ['that is bound to a table', ['hset', 'sink:a', 'table', 'public.a']],
    ['whose items are in another key', ['hset', 'sink:a', 'ready_key', 'celery']],
    ['that has shards', ['hset', 'sink:a', 'shards', '2']],
    ['that is paused', ['set', 'paused:a', paused]],
    ['whose key is a list', ['rpush', 'queue:a', 'x']],
    ['whose key is a stream', ['xadd', 'queue:a', '*', 'f', 'v']],
    ['whose key is a string', ['set', 'queue:a', 'x']],
  ])('%s', async (_, [command, ...args]) => {
    await redis.call(command, ...args)
    expect((await findAll()).queues).toEqual(['a'])
  })

  it.each([
    ['stats of an application', ['hset', 'stats:a', 'hits', '5']],
    ['stats in a string', ['set', 'stats:a', 'x']],
    ['a trash in a list', ['rpush', 'trash:a', 'x']],
    ['a pause of something else', ['set', 'paused:a', '1']],
    ['leases in a hash', ['hset', 'leases:a', 'f', 'v']],
    ['a sink of something else', ['hset', 'sink:a', 'f', 'v']],
    ['the history of something', ['hset', 'history:a', 'f', 'v']],
    ['a lease', ['zadd', 'lease:a:id', '1', 'x']],
    ['a trash of its own', ['zadd', 'trash:a:id', '1', 'x']],
    ['the audit', ['xadd', 'qtool:audit', '*', 'f', 'v']],
    ['another letter before it', ['zadd', 'xqueue:a', '1', 'x']],
  ])('but not %s', async (_, [command, ...args]) => {
    await redis.call(command, ...args)
    expect((await findAll()).queues).toEqual([])
  })
})

it('finds names with every character that a name may have, and sets the others apart', async () => {
  const longest = 'n'.repeat(128)
  const names = ['A', 'a.b', 'a-b', 'a_b', '0', longest]
  const foreign = ['', 'a b', 'a:b', '{tagged}', `${longest}n`, '-a', '\u001b[31m', 'line\nline', 'ä']
  for (const name of [...names, ...foreign]) await redis.zadd(`queue:${name}`, 1, 'x')
  await redis.zadd(Buffer.from('queue:\xff', 'latin1'), 1, 'x')
  const found = await findAll()
  expect(found.queues).toEqual(names.sort())
  expect(found.foreignNames).toEqual([...foreign, '\ufffd'].sort())
})

it('lets Redis choose the names that match', async () => {
  await redis.mset('queue:orders', 'x', 'queue:orders-eu', 'x', 'dlq:other', 'x', 'queue:x:orders', 'x')
  expect((await findAll('orders*')).queues).toEqual(['orders', 'orders-eu'])
  expect((await findAll('o?her')).queues).toEqual(['other'])
  const [[, , glob]] = await scansOf(() => findAll('orders*'))
  expect(glob).toMatch(/:orders\*$/)
})

describe('the queues that a message names', () => {
  it('are sorted, and all if there was time', async () => {
    await redis.mset('queue:b', 'x', 'queue:a', 'x')
    expect(await knownQueues(redis)).toEqual({names: ['a', 'b'], isComplete: true})
  })

  it('are those that were found in time', async () => {
    await fill(20_000, (i) => ['set', `queue:q${i}`, 'x'])
    const known = await knownQueues(redis, {lookMs: 0})
    expect(known).toEqual({names: expect.anything(), isComplete: false})
    expect(known?.names.length).toBeLessThan(5000)
  })

  it('are unknown to a user who may not run SCAN', async () => {
    await redis.call('ACL', 'SETUSER', 'few', 'on', '>few', '~*', '+@all', '-scan')
    const url = Object.assign(new URL(server.url), {username: 'few', password: 'few'}).href
    const few = new Redis(url)
    expect(await knownQueues(few)).toBeNull()
    few.disconnect()
  })
})
