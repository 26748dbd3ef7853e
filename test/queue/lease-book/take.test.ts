import {Redis} from 'ioredis'
import {describe, expect, it} from 'vitest'
import type {Lease} from '../../../src/queue/engine.ts'
import {openQueue} from '../../../src/queue/open.ts'
import {queueKeys} from '../../../src/redis/keys.ts'
import {push, useServers} from '../../support/context.ts'
import {held, nothing, queueOf} from '../../support/leases.ts'
import {startTestRedis} from '../../support/server.ts'

const context = useServers()

const texts = (lease: Lease) => Array.from({length: lease.items.count}, (_, i) => String(lease.items.item(i)))

describe('takeLease', () => {
  it('moves the items with the lowest scores into a lease', async () => {
    const {keys, take} = await queueOf(context, 'a', 'b', 'c')
    const lease = held(await take(2))
    expect(texts(lease)).toEqual(['a', 'b'])
    expect(lease.attempt).toBe(1)
    expect(await context.redis.zrange(keys.ready, '0', '-1')).toEqual(['c'])
    expect(await context.redis.zrange(keys.lease(lease.id), '0', '-1', 'WITHSCORES')).toEqual([
      'a',
      '0',
      'b',
      '1',
    ])
  })

  it('returns the same lease when it is called again in the same turn', async () => {
    const {keys, take} = await queueOf(context, 'a', 'b')
    const first = held(await take(1, 60_000, 'same'))
    const again = held(await take(1, 60_000, 'same'))
    expect(texts(again)).toEqual(texts(first))
    expect(again.attempt).toBe(1)
    expect(await context.redis.zcard(keys.ready)).toBe(1)
  })

  it('gives nothing to a call of an earlier turn that arrives late: its lease may be written by now', async () => {
    const {keys, engine, take} = await queueOf(context, 'a', 'b', 'c')
    const first = held(await take(1, 60_000, 'loop', 1))
    await engine.settle(first, nothing)
    expect(held(await take(1, 60_000, 'loop', 2)).id).not.toBe(first.id)
    expect(await take(1, 60_000, 'loop', 1)).toMatchObject({state: 'empty'})
    expect(await context.redis.zrange(keys.ready, '0', '-1')).toEqual(['c'])
  })

  it('gives nothing when it is called again after its lease was settled', async () => {
    const {keys, engine, take} = await queueOf(context, 'a', 'b')
    const first = held(await take(1, 60_000, 'loop', 1))
    await engine.settle(first, nothing)
    expect(await take(1, 60_000, 'loop', 1)).toMatchObject({state: 'empty'})
    expect(await context.redis.zrange(keys.ready, '0', '-1')).toEqual(['b'])
  })

  it('does not tell a call that is repeated the fence of whoever has the lease by now', async () => {
    const {keys, engine, take} = await queueOf(context, 'a')
    const first = held(await take(1, 60_000, 'loop', 1))
    await context.redis.zadd(keys.leases, 1, first.id)
    const second = held(await take(1, 60_000, 'other', 1))
    expect(await take(1, 60_000, 'loop', 1)).toMatchObject({state: 'empty'})
    expect(await engine.extend(second, 1000)).toBe('held')
  })

  it('returns a lease that was taken over when the call is repeated', async () => {
    const {keys, take} = await queueOf(context, 'a', 'b')
    const first = held(await take(1))
    await context.redis.zadd(keys.leases, 1, first.id)
    const second = held(await take(1, 60_000, 'loop', 1))
    const again = held(await take(1, 60_000, 'loop', 1))
    expect(again).toMatchObject({id: first.id, fence: second.fence, attempt: 2})
  })

  it('reads items of any size, and no lease that holds too much', async () => {
    const large = 'x'.repeat(100_000)
    const {keys, take} = await queueOf(context, 'a', ...Array.from({length: 400}, (_, i) => `${i} ${large}`))
    const some = held(await take(100))
    expect(texts(some).every((text) => text === 'a' || text.endsWith(large))).toBe(true)
    expect(some.items.count).toBe(100)
    await push(
      context,
      keys,
      Array.from({length: 400}, (_, i) => `more ${i} ${large}`),
    )
    const huge = await take(700)
    expect(huge).toMatchObject({state: 'oversized', lease: {itemCount: 700, attempt: 1}})
  })

  it('takes a lease over whole, under its own id, once its time has passed', async () => {
    const {keys, take} = await queueOf(context, 'a', 'b', 'c')
    const first = held(await take(2))
    await context.redis.zadd(keys.leases, 1, first.id)
    const second = held(await take(1))
    expect(second).toMatchObject({id: first.id, attempt: 2})
    expect(texts(second)).toEqual(['a', 'b'])
  })

  it('says how many leases others hold when nothing is ready', async () => {
    const {take} = await queueOf(context, 'a')
    expect(await take(1)).toMatchObject({state: 'lease'})
    expect(await take(1)).toMatchObject({state: 'empty', held: 1, nextVisibleInMs: expect.any(Number)})
  })

  it('never gives an item to two workers', async () => {
    const items = Array.from({length: 500}, (_, i) => `item ${i}`)
    const {take} = await queueOf(context, ...items)
    const leases = await Promise.all(Array.from({length: 60}, () => take(10)))
    const taken = leases.flatMap((take) => (take.state === 'lease' ? texts(take.lease) : []))
    expect(taken.sort()).toEqual([...items].sort())
  })

  it('changes nothing where a key of the queue is of another type', async () => {
    const {keys, take} = await queueOf(context, 'a')
    await context.redis.set(keys.attempts, 'not a hash')
    await expect(take(1)).rejects.toThrow('WRONGTYPE')
    expect(await context.redis.zcard(keys.ready)).toBe(1)
  })

  it('drains a Redis that is full', async () => {
    const server = await startTestRedis('appendonly no')
    const redis = new Redis(server.url)
    const keys = queueKeys('full')
    const queue = openQueue(redis, {name: 'full'})
    try {
      await redis.zadd(keys.ready, 1, 'a')
      await redis.config('SET', 'maxmemory', '1')
      await expect(redis.set('x', 'y')).rejects.toThrow('OOM')
      const lease = held(await queue.take({taker: 'one', turn: 1, count: 1, lengthMs: 1000}))
      expect(texts(lease)).toEqual(['a'])
      const letters = {...nothing, deadLetters: [{failedAt: 1, text: 'b'}]}
      expect(await queue.settle(lease, letters)).toBe('held')
    } finally {
      redis.disconnect()
      await server.stop()
    }
  })
})

describe('a paused queue', () => {
  it('hands out neither new items nor overdue leases', async () => {
    const {keys, take} = await queueOf(context, 'a', 'b')
    const lease = held(await take(1))
    await context.redis.zadd(keys.leases, 1, lease.id)
    await context.redis.set(keys.paused, '{}')
    expect(await take(1)).toMatchObject({state: 'paused', held: 1})
    await context.redis.del(keys.paused)
    expect(held(await take(1)).id).toBe(lease.id)
  })
})
