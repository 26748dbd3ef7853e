import {describe, expect, it} from 'vitest'
import {held, nothing} from '../../support/leases.ts'
import {type TestedQueue, useEngine} from '../conformance/tested-queue.ts'
import {groupsOf, pendingOf, STREAM_UNDER_TEST} from './under-test.ts'

const {context, queueOf} = useEngine(STREAM_UNDER_TEST)
const {signal} = new AbortController()

const ITEMS = Array.from({length: 20}, (_, i) => `{"n":${i}}`)

/** A stream that another group has begun to read. */
async function shared(): Promise<TestedQueue> {
  const queue = await queueOf(...ITEMS)
  await context.redis.xgroup('CREATE', queue.keys.ready, 'other', '0')
  await context.redis.xreadgroup('GROUP', 'other', 'reader', 'COUNT', 5, 'STREAMS', queue.keys.ready, '>')
  return queue
}

/** All that Redis says of the other group, without times. */
async function other({keys}: TestedQueue) {
  const [group] = (await groupsOf(context.redis, keys.ready)).filter(({name}) => name === 'other')
  const pending = (await context.redis.xpending(keys.ready, 'other', '-', '+', 100)) as unknown[][]
  return {group, pending: pending.map(([id, consumer, , times]) => [id, consumer, times])}
}

describe('a stream that another group reads', () => {
  it('is drained without a change for that group', async () => {
    const queue = await shared()
    const before = await other(queue)
    const entries = await context.redis.xrange(queue.keys.ready, '-', '+')
    for (let n = 0; n < 4; n++) await queue.engine.settle(held(await queue.take(5)), nothing)
    expect(await queue.take(5)).toMatchObject({state: 'empty', ready: 0})
    expect(await other(queue)).toEqual(before)
    expect(await context.redis.xrange(queue.keys.ready, '-', '+')).toEqual(entries)
    const own = (await groupsOf(context.redis, queue.keys.ready)).find(({name}) => name === 'qtool')
    expect(own).toMatchObject({consumers: 0, pending: 0, lag: 0})
  })

  it('can be purged and restored, at once and after more was delivered', async () => {
    const queue = await shared()
    const before = await other(queue)
    const first = await queue.engine.clear({count: 20})
    expect(first).toMatchObject({count: 20})
    expect(await queue.engine.depth()).toBe(0)
    if (first) expect(await queue.engine.restore(first, signal)).toBe(20)
    expect(await queue.ready()).toEqual(ITEMS)
    const second = await queue.engine.clear()
    await queue.push('{"n":"new"}')
    expect(
      held(await queue.take(1))
        .items.item(0)
        .toString(),
    ).toBe('{"n":"new"}')
    if (second) expect(await queue.engine.restore(second, signal)).toBe(20)
    expect(await queue.ready()).toEqual(ITEMS)
    expect(await context.redis.xlen(queue.keys.ready)).toBe(21)
    const {lag: _, ...after} = (await other(queue)).group
    expect(before.group).toMatchObject(after)
    expect((await other(queue)).pending).toEqual(before.pending)
  })

  it('lets nobody purge single items: that would take them from the other group', async () => {
    const queue = await shared()
    const purging = queue.engine.clearMatching({signal, onProgress: () => {}, limit: 1})
    await expect(purging).rejects.toThrow(/other consumer groups/)
    await expect(queue.engine.assertClearable()).rejects.toThrow(/other consumer groups/)
    expect(await queue.ready()).toEqual(ITEMS)
    expect(await queue.engine.trash()).toEqual([])
  })

  it('stays when the queue is destroyed, which removes only the own group', async () => {
    const queue = await shared()
    await queue.take(3)
    const before = await other(queue)
    await queue.engine.destroy()
    expect(await other(queue)).toEqual(before)
    expect(await groupsOf(context.redis, queue.keys.ready)).toHaveLength(1)
    expect(await context.redis.xlen(queue.keys.ready)).toBe(20)
  })
})

describe('somebody else who reads in the group of qtool', () => {
  it('keeps what is pending for them', async () => {
    const queue = await queueOf(...ITEMS)
    await queue.engine.settle(held(await queue.take(5)), nothing)
    const {ready} = queue.keys
    await context.redis.xreadgroup('GROUP', 'qtool', 'guest', 'COUNT', 5, 'STREAMS', ready, '>')
    const pending = await pendingOf(context.redis, queue.keys, 'guest')
    for (let n = 0; n < 2; n++) await queue.engine.settle(held(await queue.take(5)), nothing)
    expect(await pendingOf(context.redis, queue.keys, 'guest')).toEqual(pending)
    const kept = await context.redis.xrange(ready, '-', '+')
    expect(kept.slice(0, 5).map(([id]) => id)).toEqual(pending)
    await context.redis.xack(ready, 'qtool', ...pending)
    await queue.push('{"last":1}')
    await queue.engine.settle(held(await queue.take(5)), nothing)
    expect(await context.redis.xlen(ready)).toBe(0)
  })

  it('may claim an entry of a lease, which is then no longer part of it', async () => {
    const queue = await queueOf(...ITEMS.slice(0, 4))
    const lease = held(await queue.take(4))
    const [, second] = await pendingOf(context.redis, queue.keys, lease.id)
    await context.redis.xclaim(queue.keys.ready, 'qtool', 'guest', 0, second)
    await queue.expire(lease.id)
    const again = held(await queue.take(1))
    expect(again.items.count).toBe(3)
    await queue.engine.settle(again, nothing)
    expect(await pendingOf(context.redis, queue.keys, 'guest')).toEqual([second])
    expect(await context.redis.xrange(queue.keys.ready, second, second)).toHaveLength(1)
  })
})
