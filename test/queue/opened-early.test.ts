import {randomUUID} from 'node:crypto'
import {afterAll, expect, it} from 'vitest'
import type {QueueSaid} from '../../src/config/queue-said.ts'
import type {QueueEngine} from '../../src/queue/engine.ts'
import {openQueue} from '../../src/queue/open.ts'
import {spreadQueue} from '../../src/queue/shards/spread-queue.ts'
import {useServers} from '../support/context.ts'
import {held, nothing} from '../support/leases.ts'

const context = useServers()
const spread: QueueEngine[] = []

afterAll(async () => {
  for (const queue of spread) await queue.destroy()
})

/** A queue with a key of its own that is opened before there is anything in it. */
async function openEarly(said: QueueSaid = {}) {
  const {queue: name, keys} = context.newQueue()
  const key = `early:${name}`
  const queue = await openQueue(context.redis, {name, key, ...said})
  return {name, keys, key, queue}
}

let turn = 0
const take = (queue: QueueEngine, taker = 'me', count = 10) =>
  queue.take({taker, turn: ++turn, count, lengthMs: 30_000})

it('becomes a stream with its first entry, and is written down as one', async () => {
  const {name, keys, key, queue} = await openEarly()
  await queue.keep()
  expect(await take(queue)).toMatchObject({state: 'empty'})
  await context.redis.xadd(key, '*', 'item', '{"a":1}')
  const both = await Promise.all([take(queue, 'a'), take(queue, 'b')])
  expect(both.map(({state}) => state).sort()).toEqual(['empty', 'lease'])
  const lease = held(both[0].state === 'lease' ? both[0] : both[1])
  expect(String(lease.items.item(0))).toBe('{"a":1}')
  expect(queue.kind).toBe('stream')
  await queue.settle(lease, nothing)
  expect(await queue.inspect()).toMatchObject({ready: 0, leased: 0})
  expect(await context.redis.hgetall(keys.sink)).toMatchObject({ready_key: key, engine: 'stream'})
  expect((await openQueue(context.redis, {name})).kind).toBe('stream')
})

it('takes nothing from a list of which nobody has said how it is popped', async () => {
  const {key, queue} = await openEarly()
  await context.redis.rpush(key, 'a')
  await expect(take(queue)).rejects.toThrow('not known from which end')
  expect(await context.redis.lrange(key, 0, -1)).toEqual(['a'])
})

it('names the key if it is one that no queue can have', async () => {
  const {key, queue} = await openEarly()
  await context.redis.set(key, 'somebody else')
  await expect(take(queue)).rejects.toThrow(`key ${key} is a string`)
})

/** A queue that is not spread yet, and may be. */
async function openUnspread(): Promise<{name: string; queue: QueueEngine}> {
  const name = `test-${randomUUID()}`
  const queue = await openQueue(context.redis, {name})
  spread.push(queue)
  return {name, queue}
}

const ITEMS = ['a', 'b', 'c', 'd', 'e'].map((f) => `{"f":"${f}"}`)

async function put(name: string, items: string[]): Promise<void> {
  const queue = await openQueue(context.redis, {name})
  for (const [i, item] of items.entries()) await queue.put(item, i)
}

/** Takes and settles until nothing is given. */
async function drained(queue: QueueEngine): Promise<string[]> {
  const found: string[] = []
  for (let taken = await take(queue, 'me', 1); taken.state === 'lease'; taken = await take(queue, 'me', 1)) {
    found.push(String(taken.lease.items.item(0)))
    await queue.settle(taken.lease, nothing)
  }
  return found.sort()
}

it('takes from the shards over which it is spread later, which get its table', async () => {
  const {name, queue} = await openUnspread()
  await queue.bind({table: 'public.somewhere', records: 'points', rename: {}}, {rebind: false})
  await spreadQueue(context.redis, name, {shards: 3, shardBy: 'f'})
  await put(name, ITEMS)
  expect(await drained(queue)).toEqual(ITEMS)
  expect(await context.redis.hget(`sink:${name}_shard_2`, 'table')).toBe('public.somewhere')
})

it('goes on with its shards at the first empty look after a rebalance, and settles what it held before', async () => {
  const {name, queue} = await openUnspread()
  await put(name, ITEMS)
  const before = held(await take(queue, 'me', 1))
  const {signal} = new AbortController()
  await queue.shards?.rebalance({shards: 3, waitMs: 0, signal, onProgress: () => {}})
  expect(await drained(queue)).toEqual(ITEMS.slice(1))
  await queue.settle(before, nothing)
  expect(await queue.inspect()).toMatchObject({ready: 0, leased: 0})
})
