import {expect, it} from 'vitest'
import {rebalance} from '../../src/operations/shards.ts'
import {openQueue} from '../../src/queue/open.ts'
import {spreadQueue} from '../../src/queue/shards/spread-queue.ts'
import {callerOf} from '../support/caller.ts'
import {useServers} from '../support/context.ts'

const context = useServers()
const how = {dryRun: false, confirm: async () => {}}
const input = {shards: 2, wait: 1000}

/** Rebalances a queue as it is opened with what a user says of it. */
async function rebalanceAs(name: string, said: {key?: string}, more: object = {}) {
  const queue = await openQueue(context.redis, {name, ...said})
  return rebalance(callerOf(context, name, {queue}), {...input, ...more}, how)
}

it('spreads no queue whose items are in a key of another name, and leaves them there', async () => {
  const {queue} = context.newQueue()
  const key = `other-${queue}`
  await context.redis.zadd(key, 5, '{"id":1}')
  await expect(rebalanceAs(queue, {key})).rejects.toMatchObject({
    kind: 'usage',
    message: expect.stringContaining('in a key of another name'),
  })
  expect(await context.redis.zcard(key)).toBe(1)
  await context.redis.del(key)
})

it('spreads no list, and says what to do', async () => {
  const {queue, keys} = context.newQueue()
  await context.redis.rpush(keys.ready, '{"id":1}')
  await expect(rebalanceAs(queue, {})).rejects.toMatchObject({
    message: expect.stringContaining('is a list; only sorted sets'),
    suggestions: [expect.stringContaining('--shards N')],
  })
})

it.each(['a..b', '.a', 'a.', ''])('spreads no queue by the path "%s"', async (path) => {
  const {queue, keys} = context.newQueue()
  const refusal = {kind: 'usage', message: expect.stringContaining('expected --shard-by to be a path')}
  await expect(spreadQueue(context.redis, queue, {shards: 2, shardBy: path})).rejects.toMatchObject(refusal)
  await context.redis.zadd(keys.ready, 1, '{"id":1}')
  await expect(rebalanceAs(queue, {}, {'shard-by': path})).rejects.toMatchObject(refusal)
})
