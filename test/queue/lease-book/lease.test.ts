import {Redis} from 'ioredis'
import {describe, expect, it} from 'vitest'
import {type Lease, takeLease} from '../../../src/queue/lease-book/lease.ts'
import {extendLease} from '../../../src/queue/lease-book/lease-deadline.ts'
import {acknowledgeLease} from '../../../src/queue/lease-book/settle-lease.ts'
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
    const {keys, take} = await queueOf(context, 'a', 'b', 'c')
    const first = held(await take(1, 60_000, 'loop', 1))
    await acknowledgeLease(context.redis, keys, first, nothing)
    expect(held(await take(1, 60_000, 'loop', 2)).id).not.toBe(first.id)
    expect(await take(1, 60_000, 'loop', 1)).not.toHaveProperty('items')
    expect(await context.redis.zrange(keys.ready, '0', '-1')).toEqual(['c'])
  })

  it('gives nothing when it is called again after its lease was settled', async () => {
    const {keys, take} = await queueOf(context, 'a', 'b')
    const first = held(await take(1, 60_000, 'loop', 1))
    await acknowledgeLease(context.redis, keys, first, nothing)
    expect(await take(1, 60_000, 'loop', 1)).not.toHaveProperty('items')
    expect(await context.redis.zrange(keys.ready, '0', '-1')).toEqual(['b'])
  })

  it('does not tell a call that is repeated the fence of whoever has the lease by now', async () => {
    const {keys, take} = await queueOf(context, 'a')
    const first = held(await take(1, 60_000, 'loop', 1))
    await context.redis.zadd(keys.leases, 1, first.id)
    const second = held(await take(1, 60_000, 'other', 1))
    expect(await take(1, 60_000, 'loop', 1)).not.toHaveProperty('items')
    expect(await extendLease(context.redis, keys, second, 1000)).toBe(true)
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
    expect(huge).not.toHaveProperty('items')
    expect(huge).toMatchObject({itemCount: 700, attempt: 1})
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
    expect(await take(1)).toHaveProperty('items')
    expect(await take(1)).toMatchObject({held: 1, nextVisibleInMs: expect.any(Number)})
  })

  it('never gives an item to two workers', async () => {
    const items = Array.from({length: 500}, (_, i) => `item ${i}`)
    const {take} = await queueOf(context, ...items)
    const leases = await Promise.all(Array.from({length: 60}, () => take(10)))
    const taken = leases.flatMap((lease) => ('items' in lease ? texts(lease) : []))
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
    try {
      await redis.zadd(keys.ready, 1, 'a')
      await redis.config('SET', 'maxmemory', '1')
      await expect(redis.set('x', 'y')).rejects.toThrow('OOM')
      const lease = held(await takeLease(redis, keys, {taker: 'one', turn: 1, count: 1, lengthMs: 1000}))
      expect(texts(lease)).toEqual(['a'])
      const letters = {...nothing, deadLetters: [{failedAt: 1, text: 'b'}]}
      expect(await acknowledgeLease(redis, keys, lease, letters)).toBe(true)
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
    expect(await take(1)).toMatchObject({held: 1, paused: true})
    await context.redis.del(keys.paused)
    expect(held(await take(1)).id).toBe(lease.id)
  })
})
