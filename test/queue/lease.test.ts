import {randomUUID} from 'node:crypto'
import {Redis} from 'ioredis'
import {describe, expect, it} from 'vitest'
import {type Lease, type NoLease, type OversizedLease, takeLease} from '../../src/queue/lease.ts'
import {extendLease, releaseLease, retryLease} from '../../src/queue/lease-deadline.ts'
import {acknowledgeLease, postponeRecords} from '../../src/queue/settle-lease.ts'
import {restoreLeases, splitLease} from '../../src/queue/split-lease.ts'
import {queueKeys} from '../../src/redis/keys.ts'
import {push, useServers} from '../support/context.ts'
import {startTestRedis} from '../support/server.ts'

const context = useServers()

async function queueOf(...items: string[]) {
  const at = context.newQueue()
  await push(context, at.keys, items)
  const take = (count: number, lengthMs = 60_000, taker: string = randomUUID(), turn = 1) =>
    takeLease(context.redis, at.keys, {taker, turn, count, lengthMs})
  return {...at, take}
}

function held(lease: Lease | OversizedLease | NoLease): Lease {
  if (!('items' in lease)) throw new Error('expected a lease')
  return lease
}

const texts = (lease: Lease) => Array.from({length: lease.items.count}, (_, i) => String(lease.items.item(i)))
const nothing = {inserted: 0, alreadyThere: 0, deadLetters: [], postponed: []}

describe('takeLease', () => {
  it('moves the items with the lowest scores into a lease', async () => {
    const {keys, take} = await queueOf('a', 'b', 'c')
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
    const {keys, take} = await queueOf('a', 'b')
    const first = held(await take(1, 60_000, 'same'))
    const again = held(await take(1, 60_000, 'same'))
    expect(texts(again)).toEqual(texts(first))
    expect(again.attempt).toBe(1)
    expect(await context.redis.zcard(keys.ready)).toBe(1)
  })

  it('gives nothing to a call of an earlier turn that arrives late: its lease may be written by now', async () => {
    const {keys, take} = await queueOf('a', 'b', 'c')
    const first = held(await take(1, 60_000, 'loop', 1))
    await acknowledgeLease(context.redis, keys, first, nothing)
    expect(held(await take(1, 60_000, 'loop', 2)).id).not.toBe(first.id)
    expect(await take(1, 60_000, 'loop', 1)).not.toHaveProperty('items')
    expect(await context.redis.zrange(keys.ready, '0', '-1')).toEqual(['c'])
  })

  it('gives nothing when it is called again after its lease was settled', async () => {
    const {keys, take} = await queueOf('a', 'b')
    const first = held(await take(1, 60_000, 'loop', 1))
    await acknowledgeLease(context.redis, keys, first, nothing)
    expect(await take(1, 60_000, 'loop', 1)).not.toHaveProperty('items')
    expect(await context.redis.zrange(keys.ready, '0', '-1')).toEqual(['b'])
  })

  it('does not tell a call that is repeated the fence of whoever has the lease by now', async () => {
    const {keys, take} = await queueOf('a')
    const first = held(await take(1, 60_000, 'loop', 1))
    await context.redis.zadd(keys.leases, 1, first.id)
    const second = held(await take(1, 60_000, 'other', 1))
    expect(await take(1, 60_000, 'loop', 1)).not.toHaveProperty('items')
    expect(await extendLease(context.redis, keys, second, 1000)).toBe(true)
  })

  it('returns a lease that was taken over when the call is repeated', async () => {
    const {keys, take} = await queueOf('a', 'b')
    const first = held(await take(1))
    await context.redis.zadd(keys.leases, 1, first.id)
    const second = held(await take(1, 60_000, 'loop', 1))
    const again = held(await take(1, 60_000, 'loop', 1))
    expect(again).toMatchObject({id: first.id, fence: second.fence, attempt: 2})
  })

  it('reads items of any size, and no lease that holds too much', async () => {
    const large = 'x'.repeat(100_000)
    const {keys, take} = await queueOf('a', ...Array.from({length: 400}, (_, i) => `${i} ${large}`))
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
    const {keys, take} = await queueOf('a', 'b', 'c')
    const first = held(await take(2))
    await context.redis.zadd(keys.leases, 1, first.id)
    const second = held(await take(1))
    expect(second).toMatchObject({id: first.id, attempt: 2})
    expect(texts(second)).toEqual(['a', 'b'])
  })

  it('says how many leases others hold when nothing is ready', async () => {
    const {take} = await queueOf('a')
    expect(await take(1)).toHaveProperty('items')
    expect(await take(1)).toMatchObject({held: 1, nextVisibleInMs: expect.any(Number)})
  })

  it('never gives an item to two workers', async () => {
    const items = Array.from({length: 500}, (_, i) => `item ${i}`)
    const {take} = await queueOf(...items)
    const leases = await Promise.all(Array.from({length: 60}, () => take(10)))
    const taken = leases.flatMap((lease) => ('items' in lease ? texts(lease) : []))
    expect(taken.sort()).toEqual([...items].sort())
  })

  it('changes nothing where a key of the queue is of another type', async () => {
    const {keys, take} = await queueOf('a')
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

describe('acknowledgeLease', () => {
  it('drops the lease, adds its dead letters and counts', async () => {
    const {keys, take} = await queueOf('a', 'b')
    const lease = held(await take(2))
    const deadLetters = [{failedAt: 5, text: 'b!'}]
    expect(await acknowledgeLease(context.redis, keys, lease, {...nothing, inserted: 1, deadLetters})).toBe(
      true,
    )
    expect(await context.redis.zrange(keys.dead, '0', '-1', 'WITHSCORES')).toEqual(['b!', '5'])
    expect(await context.redis.exists(keys.lease(lease.id), keys.leases, keys.attempts)).toBe(0)
    expect(await context.redis.hgetall(keys.stats)).toEqual({
      fence: '1',
      inserted: '1',
      already_there: '0',
      dead_lettered: '1',
    })
  })

  it('says that all is well when it is repeated after its answer was lost', async () => {
    const {keys, take} = await queueOf('a')
    const lease = held(await take(1))
    expect(await acknowledgeLease(context.redis, keys, lease, {...nothing, inserted: 1})).toBe(true)
    expect(await acknowledgeLease(context.redis, keys, lease, {...nothing, inserted: 1})).toBe(true)
    expect(await context.redis.hget(keys.stats, 'inserted')).toBe('1')
  })

  it('refuses a worker whose lease went to another, and changes nothing', async () => {
    const {keys, take} = await queueOf('a')
    const slow = held(await take(1))
    await context.redis.zadd(keys.leases, 1, slow.id)
    await take(1)
    const late = {...nothing, deadLetters: [{failedAt: 1, text: 'late'}]}
    expect(await acknowledgeLease(context.redis, keys, slow, late)).toBe(false)
    expect(await context.redis.exists(keys.dead)).toBe(0)
    expect(await context.redis.zcard(keys.lease(slow.id))).toBe(1)
  })

  it('adds thousands of dead letters in several calls', async () => {
    const {keys, take} = await queueOf('a')
    const lease = held(await take(1))
    const deadLetters = Array.from({length: 4321}, (_, i) => ({failedAt: i, text: `letter ${i}`}))
    expect(await acknowledgeLease(context.redis, keys, lease, {...nothing, deadLetters})).toBe(true)
    expect(await context.redis.zcard(keys.dead)).toBe(4321)
  })
})

describe('extendLease and releaseLease', () => {
  it('moves the deadline of a lease that is held', async () => {
    const {keys, take} = await queueOf('a')
    const lease = held(await take(1, 1000))
    const before = Number(await context.redis.zscore(keys.leases, lease.id))
    expect(await extendLease(context.redis, keys, lease, 60_000)).toBe(true)
    expect(Number(await context.redis.zscore(keys.leases, lease.id))).toBeGreaterThan(before + 50_000)
    expect(await extendLease(context.redis, keys, {...lease, fence: lease.fence + 1}, 60_000)).toBe(false)
  })

  it('gives a lease back at once, without counting the attempt', async () => {
    const {keys, take} = await queueOf('a')
    const lease = held(await take(1))
    expect(await releaseLease(context.redis, keys, lease)).toBe(true)
    const again = held(await take(1))
    expect(again).toMatchObject({id: lease.id, attempt: 1, retries: 0})
    expect(again.fence).toBeGreaterThan(lease.fence)
    expect(await acknowledgeLease(context.redis, keys, lease, nothing)).toBe(false)
  })
})

describe('retryLease', () => {
  it('keeps the delay and the number of retries in Redis', async () => {
    const {keys, take} = await queueOf('a')
    const lease = held(await take(1))
    expect(await retryLease(context.redis, keys, lease, 50_000)).toBe(true)
    expect(await take(1)).toMatchObject({held: 1, nextVisibleInMs: expect.any(Number)})
    await context.redis.zadd(keys.leases, 1, lease.id)
    expect(held(await take(1))).toMatchObject({id: lease.id, attempt: 2, retries: 1})
  })

  it('fences off the holder that gave it back', async () => {
    const {keys, take} = await queueOf('a')
    const lease = held(await take(1))
    await retryLease(context.redis, keys, lease, 0)
    expect(await acknowledgeLease(context.redis, keys, lease, nothing)).toBe(false)
    expect(await extendLease(context.redis, keys, lease, 1000)).toBe(false)
    expect(await retryLease(context.redis, keys, lease, 0)).toBe(false)
  })
})

describe('a paused queue', () => {
  it('hands out neither new items nor overdue leases', async () => {
    const {keys, take} = await queueOf('a', 'b')
    const lease = held(await take(1))
    await context.redis.zadd(keys.leases, 1, lease.id)
    await context.redis.set(keys.paused, '{}')
    expect(await take(1)).toMatchObject({held: 1, paused: true})
    await context.redis.del(keys.paused)
    expect(held(await take(1)).id).toBe(lease.id)
  })
})

describe('splitLease', () => {
  it('makes two leases with half of the items each, and none of the old one', async () => {
    const {keys, take} = await queueOf('a', 'b', 'c', 'd', 'e')
    const lease = held(await take(9))
    expect(await splitLease(context.redis, keys, lease, 2)).toBe(true)
    expect(await splitLease(context.redis, keys, lease, 2)).toBe(false)
    expect(await context.redis.exists(keys.lease(lease.id))).toBe(0)
    const halves = [held(await take(9)), held(await take(9))]
    expect(halves.map((half) => half.id).sort()).toEqual([`${lease.id}.1`, `${lease.id}.2`])
    expect(halves.map((half) => half.items.count).sort()).toEqual([2, 3])
    expect(halves[0].attempt).toBe(3)
  })
})

describe('postponeRecords', () => {
  it('keeps records for later, once, however often it is called', async () => {
    const {keys, take} = await queueOf('a', 'b')
    const lease = held(await take(9))
    const later = {id: `${lease.id}.f1`, delayMs: 0, records: [{score: 7, text: 'b'}]}
    expect(await postponeRecords(context.redis, keys, lease, later)).toBe(true)
    expect(await postponeRecords(context.redis, keys, lease, later)).toBe(true)
    await acknowledgeLease(context.redis, keys, lease, nothing)
    expect(await postponeRecords(context.redis, keys, lease, later)).toBe(false)
    const child = held(await take(9))
    expect(child).toMatchObject({id: later.id, attempt: 1, retries: 0})
    expect(child.items.item(0).toString()).toBe('b')
  })
})

describe('restoreLeases', () => {
  it('brings a lease back whose deadline is gone (X21)', async () => {
    const {keys, take} = await queueOf('a', 'b')
    const lease = held(await take(9))
    await context.redis.del(keys.leases)
    expect(await restoreLeases(context.redis, keys)).toBe(1)
    expect(await restoreLeases(context.redis, keys)).toBe(0)
    const again = held(await take(9))
    expect(again.id).toBe(lease.id)
    expect(again.items.count).toBe(2)
  })

  it('forgets the state of a lease that is gone altogether', async () => {
    const {keys, take} = await queueOf('a')
    const lease = held(await take(9))
    await context.redis.del(keys.leases, keys.lease(lease.id))
    expect(await restoreLeases(context.redis, keys)).toBe(0)
    expect(await context.redis.exists(keys.attempts)).toBe(0)
  })
})
