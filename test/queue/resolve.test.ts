import {describe, expect, it} from 'vitest'
import type {QueueSaid} from '../../src/config/queue-said.ts'
import {openQueue} from '../../src/queue/open.ts'
import {useServers} from '../support/context.ts'

const context = useServers()

/** A queue that nobody else uses, as it is opened with what is said of it. */
function newPlace() {
  const {queue: name, keys} = context.newQueue()
  const key = `key of ${name}`
  return {name, keys, key, open: (said: QueueSaid = {}) => openQueue(context.redis, {name, ...said})}
}

const written = (keys: {sink: string}) => context.redis.hgetall(keys.sink)

describe('the kind of a queue', () => {
  it('is that of its key', async () => {
    const {keys, open} = newPlace()
    expect((await open()).kind).toBe('zset')
    await context.redis.rpush(keys.ready, 'a')
    expect((await open()).kind).toBe('list')
    await context.redis.del(keys.ready)
    await context.redis.xadd(keys.ready, '*', 'item', 'a')
    expect((await open()).kind).toBe('stream')
  })

  it('is what was said first where there is no key', async () => {
    const {keys, open} = newPlace()
    await (await open({engine: 'list', listPops: 'left'})).keep()
    expect(await written(keys)).toEqual({engine: 'list', list_pops: 'left'})
    expect((await open()).kind).toBe('list')
    await expect(open({engine: 'stream'})).rejects.toThrow(/is a list, not a stream/)
    await expect(open({listPops: 'right'})).rejects.toThrow('is popped from the left, not from the right')
  })

  it('is what it usually is where nothing else says so', async () => {
    const {keys, open} = newPlace()
    const usual = {usualEngine: 'list', usuallyPops: 'left'} as const
    expect((await open(usual)).kind).toBe('list')
    expect((await open({...usual, engine: 'stream'})).kind).toBe('stream')
    await (await open({engine: 'list', listPops: 'right'})).keep()
    await (await open(usual)).keep()
    expect(await written(keys)).toEqual({engine: 'list', list_pops: 'right'})
    const other = newPlace()
    await context.redis.zadd(other.keys.ready, 1, 'a')
    expect((await other.open(usual)).kind).toBe('zset')
  })

  it('cannot be said to be another than that of the key', async () => {
    const {keys, open} = newPlace()
    await context.redis.rpush(keys.ready, 'a')
    await expect(open({engine: 'zset'})).rejects.toThrow(
      `key ${keys.ready} is a list, not a sorted set (zset)`,
    )
    expect((await open({engine: 'list'})).kind).toBe('list')
  })

  it('is not to change under a queue that was used', async () => {
    const {keys, open} = newPlace()
    await (await open({engine: 'list', listPops: 'left'})).keep()
    await context.redis.zadd(keys.ready, 1, 'a')
    await expect(open()).rejects.toThrow(/is a sorted set \(zset\), but queue .* was a list at its first use/)
  })

  it('says nothing of an end unless it is a list', async () => {
    const {keys, open} = newPlace()
    await expect(open({engine: 'stream', listPops: 'left'})).rejects.toThrow('expected no --list-pops')
    await context.redis.zadd(keys.ready, 1, 'a')
    await expect(open({listPops: 'left'})).rejects.toThrow('expected no --list-pops')
  })

  it.each([
    ['somebody says how it is popped', {listPops: 'right'}],
    ['its job library keeps lists', {usuallyPops: 'right'}],
    ['BullMQ keeps a list of that name', {key: 'bull:x:wait', usuallyPops: 'right'}],
  ] as const)('is a list where there is nothing yet and %s', async (_, said) => {
    const {keys, open} = newPlace()
    const queue = await open(said)
    expect(queue.kind).toBe('list')
    await queue.keep()
    expect(await written(keys)).toMatchObject({engine: 'list', list_pops: 'right'})
    expect((await open()).kind).toBe('list')
  })

  it('is a sorted set where there is nothing yet and BullMQ keeps one', async () => {
    const {open} = newPlace()
    expect((await open({key: 'bull:x:prioritized', usuallyPops: 'right'})).kind).toBe('zset')
  })

  it('is written down of no key that can be none', async () => {
    const {key, keys, open} = newPlace()
    await context.redis.set(key, 'somebody else')
    const queue = await open({key})
    await expect(queue.keep()).rejects.toThrow(`key ${key} is a string, not a sorted set, list or stream`)
    expect(await written(keys)).toEqual({})
    await (await open({key: 'right'})).keep()
    expect(await written(keys)).toEqual({ready_key: 'right'})
  })

  it('is written down only where it is not the usual one', async () => {
    const {keys, open} = newPlace()
    await context.redis.zadd(keys.ready, 1, 'a')
    await (await open()).keep()
    expect(await context.redis.exists(keys.sink)).toBe(0)
  })
})

describe('the key of a queue', () => {
  it('is found by the name alone, once it was said and something was changed', async () => {
    const {key, keys, open} = newPlace()
    await context.redis.lpush(key, 'b', 'a')
    const queue = await open({key, listPops: 'left'})
    expect(await queue.depth()).toBe(2)
    expect(await (await open()).depth()).toBe(0)
    await queue.keep()
    expect(await written(keys)).toEqual({ready_key: key, engine: 'list', list_pops: 'left'})
    const again = await open()
    expect((await again.peek(9)).map(({payload}) => payload)).toEqual(['a', 'b'])
    expect(await again.inspect()).toMatchObject({engine: 'list', readyKey: key, ready: 2})
    expect(await again.exists()).toBe(true)
    await context.redis.del(key)
    expect((await open()).kind).toBe('list')
  })

  it('cannot be said to be another than it was', async () => {
    const {name, key, keys, open} = newPlace()
    await (await open({key, engine: 'stream'})).keep()
    await expect(open({key: 'other'})).rejects.toThrow(
      `queue ${name} has its items in key ${key}, not in other`,
    )
    await expect(open({key: keys.ready})).rejects.toThrow(`not in ${keys.ready}`)
    expect((await open({key})).kind).toBe('stream')
  })

  it('is not taken from a queue that has items in the usual one', async () => {
    const {key, keys, open} = newPlace()
    await context.redis.zadd(keys.ready, 1, 'a')
    await expect(open({key})).rejects.toThrow(`has its items in key ${keys.ready}, not in ${key}`)
    expect(await (await open({key: keys.ready})).depth()).toBe(1)
  })

  it('is that of whoever said it first', async () => {
    const {key, open} = newPlace()
    const [first, second] = [await open({key}), await open({key: 'another'})]
    await first.keep()
    await expect(second.keep()).rejects.toThrow(`has just become ${key}, not another`)
  })
})

describe('a list of which nobody has said from which end it is popped', () => {
  it('is counted, paused and purged, and nothing that depends on its order is guessed', async () => {
    const {keys, open} = newPlace()
    await context.redis.rpush(keys.ready, 'a', 'b')
    const queue = await open()
    const signal = new AbortController().signal
    expect(await queue.depth()).toBe(2)
    expect(await queue.inspect()).toMatchObject({ready: 2, engine: 'list', oldestMs: null})
    const refusals = [
      queue.peek(1),
      queue.take({taker: 'a', turn: 1, count: 1, lengthMs: 1000}),
      queue.openProducer({mode: 'batch', batch: 1, priority: 0}),
      queue.countMatching({signal, onProgress: () => {}}),
      queue.letters.replayer(0).replay([]),
    ]
    for (const refusal of refusals) {
      const error = await refusal.catch((one: unknown) => one)
      expect(error).toMatchObject({code: 'LIST_END', kind: 'usage'})
      expect(JSON.stringify(error)).toContain('--list-pops right')
    }
    expect(await context.redis.lrange(keys.ready, 0, -1)).toEqual(['a', 'b'])
    const trash = await queue.clear()
    expect(trash).toMatchObject({count: 2})
    if (trash) await expect(queue.restore(trash, signal)).rejects.toMatchObject({code: 'LIST_END'})
    const told = await open({engine: 'list', listPops: 'left'})
    if (trash) expect(await told.restore(trash, signal)).toBe(2)
    expect(await context.redis.lrange(keys.ready, 0, -1)).toEqual(['a', 'b'])
  })
})
