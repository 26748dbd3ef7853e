import {expect, it} from 'vitest'
import type {QueueSaid} from '../../src/config/queue-said.ts'
import type {QueueEngine} from '../../src/queue/engine.ts'
import {openQueue} from '../../src/queue/open.ts'
import {useServers} from '../support/context.ts'
import {held, nothing} from '../support/leases.ts'

const context = useServers()

/** A queue with a key of its own that is opened before there is anything in it. */
async function openEarly(said: QueueSaid = {}) {
  const {queue: name, keys} = context.newQueue()
  const key = `early:${name}`
  const queue = await openQueue(context.redis, {name, key, ...said})
  return {name, keys, key, queue}
}

let turn = 0
const take = (queue: QueueEngine, taker = 'me') =>
  queue.take({taker, turn: ++turn, count: 10, lengthMs: 30_000})

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
  await expect(take(queue)).rejects.toThrow('nobody has said from which end')
  expect(await context.redis.lrange(key, 0, -1)).toEqual(['a'])
})

it('names the key if it is one that no queue can have', async () => {
  const {key, queue} = await openEarly()
  await context.redis.set(key, 'somebody else')
  await expect(take(queue)).rejects.toThrow(`key ${key} is a string`)
})
