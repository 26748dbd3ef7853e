import {describe, expect, it} from 'vitest'
import {useServers} from '../../support/context.ts'
import {held, nothing, queueOf} from '../../support/leases.ts'

const context = useServers()

describe('extendLease and releaseLease', () => {
  it('moves the deadline of a lease that is held', async () => {
    const {keys, engine, take} = await queueOf(context, 'a')
    const lease = held(await take(1, 1000))
    const before = Number(await context.redis.zscore(keys.leases, lease.id))
    expect(await engine.extend(lease, 60_000)).toBe('held')
    expect(Number(await context.redis.zscore(keys.leases, lease.id))).toBeGreaterThan(before + 50_000)
    expect(await engine.extend({...lease, fence: lease.fence + 1}, 60_000)).toBe('lost')
  })

  it('gives a lease back at once, without counting the attempt', async () => {
    const {engine, take} = await queueOf(context, 'a')
    const lease = held(await take(1))
    expect(await engine.giveBack(lease, {why: 'untried', delayMs: 0})).toBe('held')
    const again = held(await take(1))
    expect(again).toMatchObject({id: lease.id, attempt: 1, retries: 0})
    expect(again.fence).toBeGreaterThan(lease.fence)
    expect(await engine.settle(lease, nothing)).toBe('lost')
  })
})

describe('retryLease', () => {
  it('keeps the delay and the number of retries in Redis', async () => {
    const {keys, engine, take} = await queueOf(context, 'a')
    const lease = held(await take(1))
    expect(await engine.giveBack(lease, {why: 'failed', delayMs: 50_000})).toBe('held')
    expect(await take(1)).toMatchObject({held: 1, nextVisibleInMs: expect.any(Number)})
    await context.redis.zadd(keys.leases, 1, lease.id)
    expect(held(await take(1))).toMatchObject({id: lease.id, attempt: 2, retries: 1})
  })

  it('fences off the holder that gave it back', async () => {
    const {engine, take} = await queueOf(context, 'a')
    const lease = held(await take(1))
    await engine.giveBack(lease, {why: 'failed', delayMs: 0})
    expect(await engine.settle(lease, nothing)).toBe('lost')
    expect(await engine.extend(lease, 1000)).toBe('lost')
    expect(await engine.giveBack(lease, {why: 'failed', delayMs: 0})).toBe('lost')
  })
})
