import {createServer} from 'node:net'
import type {Redis} from 'ioredis'
import {afterEach, beforeEach, describe, expect, inject, it, vi} from 'vitest'
import {RedisPool} from '../../src/redis/pool.ts'
import {useServers} from '../support/context.ts'

const context = useServers()

let pool: RedisPool
let name: string

beforeEach(() => {
  name = `test-${crypto.randomUUID()}`
  pool = new RedisPool(inject('redisUrl'), {max: 3, connect: {name}})
})

afterEach(() => pool.close())

const acquire = (count: number) => Promise.all(Array.from({length: count}, () => pool.acquire(1000)))

/** What the server knows of this pool. */
async function connections(): Promise<number> {
  const list = await context.redis.client('LIST')
  return String(list)
    .split('\n')
    .filter((line) => line.includes(` name=${name} `)).length
}

describe('a pool of connections', () => {
  it('opens as many as are needed and no more than its limit, and lends them again', async () => {
    const all = await acquire(3)
    expect(new Set(all).size).toBe(3)
    expect(await connections()).toBe(3)
    for (const redis of all) pool.release(redis)
    expect({size: pool.size, idle: pool.idle}).toEqual({size: 3, idle: 3})
    const again = await acquire(3)
    expect(new Set(again)).toEqual(new Set(all))
    expect(await connections()).toBe(3)
  })

  it('says what to raise when all are in use', async () => {
    await acquire(3)
    await expect(pool.acquire(20)).rejects.toMatchObject({
      code: 'POOL_EXHAUSTED',
      kind: 'failure',
      message: 'expected a Redis connection to come free within 20 ms, but all 3 of the pool are in use',
      suggestions: expect.arrayContaining([expect.stringContaining('REDIS_MAX_CONNECTIONS, which is 3')]),
    })
    expect(pool.waiting).toBe(0)
  })

  it('serves those who wait in the order in which they came', async () => {
    const all = await acquire(3)
    const served: number[] = []
    const waiting = [1, 2, 3].map((n) =>
      pool.acquire(5000).then((redis) => {
        served.push(n)
        return redis
      }),
    )
    expect(pool.waiting).toBe(3)
    for (const redis of all) {
      pool.release(redis)
      await Promise.resolve()
    }
    expect(await Promise.all(waiting)).toEqual(all)
    expect(served).toEqual([1, 2, 3])
  })

  it('takes nothing from those who gave up waiting', async () => {
    const [first] = await acquire(3)
    await expect(pool.acquire(1)).rejects.toThrow()
    pool.release(first)
    expect(pool.idle).toBe(1)
    expect(await pool.acquire(1)).toBe(first)
  })

  it('lends a connection for the time of a call, also of one that throws', async () => {
    expect(await pool.with(100, (redis) => redis.ping())).toBe('PONG')
    await expect(pool.with(100, () => Promise.reject(new Error('mine')))).rejects.toThrow('mine')
    expect({size: pool.size, idle: pool.idle}).toEqual({size: 1, idle: 1})
  })

  it('takes a connection back once', async () => {
    const [redis] = await acquire(1)
    pool.release(redis)
    pool.release(redis)
    expect(pool.idle).toBe(1)
    const others = await acquire(3)
    expect(new Set(others).size).toBe(3)
  })
})

describe('a broken connection', () => {
  /** Cut, and not coming back. */
  async function breakFor(redis: Redis): Promise<void> {
    const ended = new Promise((resolve) => redis.once('end', resolve))
    redis.disconnect()
    await ended
  }

  it('is not lent again, and another takes its place', async () => {
    const [redis, ...others] = await acquire(3)
    const waiting = pool.acquire(5000)
    await breakFor(redis)
    pool.release(redis)
    expect(await (await waiting).ping()).toBe('PONG')
    expect(others).not.toContain(await waiting)
    expect(pool.size).toBe(3)
  })

  it('leaves the pool when it breaks while nobody has it', async () => {
    const [redis] = await acquire(1)
    pool.release(redis)
    await breakFor(redis)
    expect(pool.size).toBe(0)
    expect(await pool.with(100, (other) => other.ping())).toBe('PONG')
  })
})

describe('a server that cannot be reached', () => {
  it('fails the one who came and gives his place to the next', async () => {
    const away = new RedisPool('redis://127.0.0.1:1', {max: 1})
    const both = await Promise.allSettled([away.acquire(5000), away.acquire(5000)])
    expect(both).toMatchObject([{reason: {code: 'CONNECT'}}, {reason: {code: 'CONNECT'}}])
    expect({size: away.size, waiting: away.waiting}).toEqual({size: 0, waiting: 0})
    await away.close()
  })
})

describe('closing', () => {
  it('ends all connections, lent or not, and everybody’s waiting', async () => {
    const [first] = await acquire(3)
    pool.release(first)
    await acquire(1)
    const waiting = pool.acquire(5000)
    const refused = expect(waiting).rejects.toMatchObject({code: 'POOL_CLOSED'})
    await pool.close()
    await refused
    await vi.waitFor(async () => expect(await connections()).toBe(0))
    await expect(pool.acquire(1)).rejects.toMatchObject({code: 'POOL_CLOSED'})
  })

  it('ends also those that are being opened', async () => {
    const opening = pool.acquire(1000)
    const refused = expect(opening).rejects.toMatchObject({code: 'POOL_CLOSED'})
    await pool.close()
    await refused
    await vi.waitFor(async () => expect(await connections()).toBe(0))
  })

  it('does not wait for a connection that is trying to come back', async () => {
    const server = createServer((socket) => {
      socket.on('data', (text) => socket.write('+OK\r\n'.repeat(`${text}`.match(/^\*\d/gm)?.length ?? 0)))
      socket.on('error', () => {})
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const address = server.address()
    const port = typeof address === 'object' ? address?.port : 0
    const lonely = new RedisPool(`redis://127.0.0.1:${port}`, {max: 1})
    const redis = await lonely.acquire(100)
    server.close()
    redis.stream.destroy()
    await vi.waitFor(() => expect(redis.status).toBe('reconnecting'))
    await lonely.close()
  })
})
