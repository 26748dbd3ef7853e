import {describe, expect, it} from 'vitest'
import {held, nothing} from '../../support/leases.ts'
import {type TestedQueue, useEngine} from '../conformance/tested-queue.ts'
import {STREAM_UNDER_TEST} from './under-test.ts'

const {context, queueOf} = useEngine(STREAM_UNDER_TEST)
const {signal} = new AbortController()

const ITEMS = Array.from({length: 12}, (_, i) => `{"n":${i}}`)

/** A stream that stays whole, since another group is to read it as well. */
async function shared(...items: string[]): Promise<TestedQueue> {
  const queue = await queueOf(...items)
  await context.redis.xgroup('CREATE', queue.keys.ready, 'other', '0', 'MKSTREAM')
  return queue
}

/** Takes and settles a lease. @returns its items */
async function work(queue: TestedQueue, count: number): Promise<string[]> {
  const lease = held(await queue.take(count))
  await queue.engine.settle(lease, nothing)
  return Array.from({length: lease.items.count}, (_, i) => lease.items.item(i).toString())
}

async function destroyGroup({keys}: TestedQueue): Promise<void> {
  expect(await context.redis.xgroup('DESTROY', keys.ready, 'qtool')).toBe(1)
}

const peeked = async (queue: TestedQueue) => (await queue.engine.peek(100)).map(({payload}) => payload)

describe('a stream whose consumer group somebody has destroyed', () => {
  it.each([
    ['shared with another group', shared],
    ['of the queue alone', queueOf],
  ])('goes on where it was, %s', async (_, open) => {
    const queue = await open(...ITEMS)
    await work(queue, 5)
    expect((await queue.engine.inspect()).warnings).toEqual([])
    await destroyGroup(queue)
    expect((await queue.engine.inspect()).ready).toBe(7)
    expect(await peeked(queue)).toEqual(ITEMS.slice(5))
    expect(await work(queue, 100)).toEqual(ITEMS.slice(5))
    await queue.push('{"n":"new"}')
    expect(await queue.engine.depth()).toBe(1)
    expect(await work(queue, 100)).toEqual(['{"n":"new"}'])
    expect((await queue.engine.inspect()).warnings).toEqual([
      expect.stringContaining('has destroyed the consumer group of this queue once'),
    ])
  })

  it('reads again what was leased then, and what was settled since the oldest of it', async () => {
    const queue = await shared(...ITEMS)
    await work(queue, 3)
    await queue.take(2)
    await work(queue, 4)
    await destroyGroup(queue)
    expect(await queue.ready()).toEqual(ITEMS)
    expect(await work(queue, 100)).toEqual(ITEMS.slice(3))
  })

  it('leaves out what was purged, and finds it again where the purge was undone', async () => {
    const queue = await shared(...ITEMS.slice(0, 6))
    await work(queue, 2)
    const trash = await queue.engine.clear()
    await queue.push('{"n":"after"}')
    expect(await work(queue, 1)).toEqual(['{"n":"after"}'])
    await destroyGroup(queue)
    await queue.push('{"n":"last"}')
    expect(await work(queue, 100)).toEqual(['{"n":"last"}'])
    if (trash) expect(await queue.engine.restore(trash, signal)).toBe(4)
    expect(await work(queue, 100)).toEqual(ITEMS.slice(2, 6))
  })

  it('finds what was there before a purge that was undone at once', async () => {
    const queue = await shared(...ITEMS)
    const lease = held(await queue.take(2))
    const trash = await queue.engine.clear()
    await queue.engine.settle(lease, nothing)
    if (trash) expect(await queue.engine.restore(trash, signal)).toBe(10)
    await destroyGroup(queue)
    expect(await work(queue, 100)).toEqual(ITEMS.slice(2))
  })

  it('is read from its first entry if it is another stream under the same name', async () => {
    const queue = await shared(...ITEMS)
    await work(queue, 5)
    await context.redis.del(queue.keys.ready)
    await context.redis.xadd(queue.keys.ready, '1-1', 'item', '{"n":"of another stream"}')
    expect(await work(queue, 5)).toEqual(['{"n":"of another stream"}'])
    expect((await queue.engine.inspect()).warnings).toEqual([])
  })
})
