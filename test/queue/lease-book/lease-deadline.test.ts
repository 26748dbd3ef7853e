import {describe, expect, it} from 'vitest'
import {extendLease, releaseLease, retryLease} from '../../../src/queue/lease-book/lease-deadline.ts'
import {acknowledgeLease} from '../../../src/queue/lease-book/settle-lease.ts'
import {useServers} from '../../support/context.ts'
import {held, nothing, queueOf} from '../../support/leases.ts'

const context = useServers()

describe('extendLease and releaseLease', () => {
  it('moves the deadline of a lease that is held', async () => {
    const {keys, take} = await queueOf(context, 'a')
    const lease = held(await take(1, 1000))
    const before = Number(await context.redis.zscore(keys.leases, lease.id))
    expect(await extendLease(context.redis, keys, lease, 60_000)).toBe(true)
    expect(Number(await context.redis.zscore(keys.leases, lease.id))).toBeGreaterThan(before + 50_000)
    expect(await extendLease(context.redis, keys, {...lease, fence: lease.fence + 1}, 60_000)).toBe(false)
  })

  it('gives a lease back at once, without counting the attempt', async () => {
    const {keys, take} = await queueOf(context, 'a')
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
    const {keys, take} = await queueOf(context, 'a')
    const lease = held(await take(1))
    expect(await retryLease(context.redis, keys, lease, 50_000)).toBe(true)
    expect(await take(1)).toMatchObject({held: 1, nextVisibleInMs: expect.any(Number)})
    await context.redis.zadd(keys.leases, 1, lease.id)
    expect(held(await take(1))).toMatchObject({id: lease.id, attempt: 2, retries: 1})
  })

  it('fences off the holder that gave it back', async () => {
    const {keys, take} = await queueOf(context, 'a')
    const lease = held(await take(1))
    await retryLease(context.redis, keys, lease, 0)
    expect(await acknowledgeLease(context.redis, keys, lease, nothing)).toBe(false)
    expect(await extendLease(context.redis, keys, lease, 1000)).toBe(false)
    expect(await retryLease(context.redis, keys, lease, 0)).toBe(false)
  })
})
