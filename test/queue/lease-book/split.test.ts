import {describe, expect, it} from 'vitest'
import {useServers} from '../../support/context.ts'
import {held, queueOf} from '../../support/leases.ts'

const context = useServers()

describe('splitLease', () => {
  it('makes two leases with half of the items each, and none of the old one', async () => {
    const {keys, engine, take} = await queueOf(context, 'a', 'b', 'c', 'd', 'e')
    const lease = held(await take(9))
    expect(await engine.split(lease, 2)).toBe('held')
    expect(await engine.split(lease, 2)).toBe('lost')
    expect(await context.redis.exists(keys.lease(lease.id))).toBe(0)
    const halves = [held(await take(9)), held(await take(9))]
    expect(halves.map((half) => half.id).sort()).toEqual([`${lease.id}.1`, `${lease.id}.2`])
    expect(halves.map((half) => half.items.count).sort()).toEqual([2, 3])
    expect(halves[0].attempt).toBe(3)
  })
})

describe('restoreLeases', () => {
  it('brings a lease back whose deadline is gone (X21)', async () => {
    const {keys, engine, take} = await queueOf(context, 'a', 'b')
    const lease = held(await take(9))
    await context.redis.del(keys.leases)
    expect(await engine.repair()).toBe(1)
    expect(await engine.repair()).toBe(0)
    const again = held(await take(9))
    expect(again.id).toBe(lease.id)
    expect(again.items.count).toBe(2)
  })

  it('forgets the state of a lease that is gone altogether', async () => {
    const {keys, engine, take} = await queueOf(context, 'a')
    const lease = held(await take(9))
    await context.redis.del(keys.leases, keys.lease(lease.id))
    expect(await engine.repair()).toBe(0)
    expect(await context.redis.exists(keys.attempts)).toBe(0)
  })
})
