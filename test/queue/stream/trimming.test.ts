import {describe, expect, it} from 'vitest'
import {held, nothing} from '../../support/leases.ts'
import {useEngine} from '../conformance/tested-queue.ts'
import {STREAM_UNDER_TEST} from './under-test.ts'

const {context, queueOf} = useEngine(STREAM_UNDER_TEST)

const ITEMS = Array.from({length: 20}, (_, i) => `{"n":${i}}`)

describe('entries that somebody else trims', () => {
  it('are written by the worker that has read them already', async () => {
    const queue = await queueOf(...ITEMS)
    const lease = held(await queue.take(10))
    await context.redis.xtrim(queue.keys.ready, 'MAXLEN', 5)
    expect(await queue.engine.settle(lease, {...nothing, inserted: 10})).toBe('held')
    expect(await queue.engine.heldLeases()).toEqual([])
  })

  it('are missing from a lease that is handed out again, and counted', async () => {
    const queue = await queueOf(...ITEMS)
    const lease = held(await queue.take(10))
    await context.redis.xtrim(queue.keys.ready, 'MAXLEN', 13)
    await queue.expire(lease.id)
    const again = held(await queue.take(10))
    expect(again.id).toBe(lease.id)
    expect(again.items.count).toBe(3)
    expect(String(again.items.item(0))).toBe('{"n":7}')
    expect(await queue.counters()).toMatchObject({trimmed: '7'})
    expect(await queue.engine.countItems()).toMatchObject({ready: 10, leased: 3})
    await queue.engine.settle(again, {...nothing, inserted: 3})
  })

  it('leave an empty lease if they were all of it, which is settled', async () => {
    const queue = await queueOf(...ITEMS)
    const lease = held(await queue.take(10))
    await context.redis.xtrim(queue.keys.ready, 'MAXLEN', 0)
    await queue.expire(lease.id)
    const again = held(await queue.take(10))
    expect(again.items.count).toBe(0)
    expect(await queue.engine.settle(again, nothing)).toBe('held')
    expect(await queue.engine.heldLeases()).toEqual([])
    expect(await queue.take(10)).toMatchObject({state: 'empty', ready: 0})
    expect(await queue.counters()).toMatchObject({trimmed: '20'})
  })

  it('are counted too if nobody had read them', async () => {
    const queue = await queueOf(...ITEMS)
    await queue.engine.settle(held(await queue.take(2)), nothing)
    await context.redis.xtrim(queue.keys.ready, 'MAXLEN', 4)
    expect(await queue.engine.depth()).toBe(4)
    expect(held(await queue.take(10)).items.count).toBe(4)
    expect(await queue.counters()).toMatchObject({trimmed: '14'})
    expect(await queue.engine.inspect()).toMatchObject({
      ready: 0,
      warnings: [expect.stringMatching(/^14 entries were trimmed/)],
    })
  })
})

describe('a stream that only qtool reads', () => {
  it('holds nothing that was written', async () => {
    const queue = await queueOf(...ITEMS)
    const leases = [held(await queue.take(5)), held(await queue.take(5)), held(await queue.take(5))]
    await queue.engine.settle(leases[1], nothing)
    await queue.engine.settle(leases[0], nothing)
    expect(await context.redis.xlen(queue.keys.ready)).toBe(10)
    await queue.engine.settle(leases[2], nothing)
    expect(await context.redis.xlen(queue.keys.ready)).toBe(5)
  })

  it('holds at most some thousand entries that were written behind a lease that is held for long', async () => {
    const queue = await queueOf()
    for (let n = 0; n < 30; n++) await queue.push(...Array.from({length: 1000}, (_, i) => `${n} ${i}`))
    const old = held(await queue.take(1))
    for (let n = 0; n < 29; n++) await queue.engine.settle(held(await queue.take(1000)), nothing)
    expect(await queue.engine.depth()).toBe(999)
    expect(await context.redis.xlen(queue.keys.ready)).toBeLessThanOrEqual(999 + 11_001)
    await queue.engine.settle(old, nothing)
    expect(await context.redis.xlen(queue.keys.ready)).toBe(999)
  })

  it('keeps what was purged until its time is over', async () => {
    const queue = await queueOf(...ITEMS)
    const {ready, trash} = queue.keys
    const purged = await queue.engine.clear()
    await queue.push('{"n":"new"}')
    await queue.engine.settle(held(await queue.take(1)), nothing)
    expect(await context.redis.xlen(ready)).toBeGreaterThanOrEqual(20)
    await context.redis.hset(trash, String(purged?.id), `ready 20 ${Date.now() - 25 * 3_600_000}`)
    await queue.engine.freeOldTrash()
    expect(await context.redis.xlen(ready)).toBe(0)
    expect(await context.redis.xinfo('CONSUMERS', ready, 'qtool')).toEqual([])
  })
})

describe('the number of ready entries', () => {
  /** Deletes every third entry, behind and ahead of what was delivered, while another group reads as well. */
  async function withHoles() {
    const queue = await queueOf()
    await context.redis.xgroup('CREATE', queue.keys.ready, 'other', '0', 'MKSTREAM')
    for (let n = 0; n < 16; n++) await queue.push(...Array.from({length: 1000}, (_, i) => `${n} ${i}`))
    await queue.engine.settle(held(await queue.take(7000)), nothing)
    const all = await context.redis.xrange(queue.keys.ready, '-', '+')
    const some = all.flatMap(([id], i) => (i % 3 === 0 ? [id] : []))
    for (let i = 0; i < some.length; i += 1000)
      await context.redis.xdel(queue.keys.ready, ...some.slice(i, i + 1000))
    return queue
  }

  it('is right where Redis cannot tell it', async () => {
    const queue = await withHoles()
    const [, own] = (await context.redis.xinfo('GROUPS', queue.keys.ready)) as unknown[][]
    expect(own[own.indexOf('lag') + 1]).toBeNull()
    expect(await queue.engine.depth()).toBe(6000)
    expect(await queue.engine.inspect()).toMatchObject({ready: 6000})
    expect(await queue.engine.countItems()).toMatchObject({ready: 6000})
    expect(await queue.engine.clear({count: 5999})).toBeUndefined()
    expect(await queue.engine.clear({count: 6000})).toMatchObject({count: 6000})
    expect(await queue.engine.depth()).toBe(0)
  })

  it('is right while it is drained', async () => {
    const queue = await withHoles()
    for (let left = 6000; left > 0; left -= 500) {
      expect(await queue.engine.depth()).toBe(left)
      await queue.engine.settle(held(await queue.take(500)), nothing)
    }
    expect(await queue.engine.depth()).toBe(0)
  })
})
