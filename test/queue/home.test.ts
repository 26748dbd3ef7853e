import {expect, it} from 'vitest'
import {readHome, settleHome} from '../../src/queue/home.ts'
import {useServers} from '../support/context.ts'

const context = useServers()

it('knows nothing of a queue of which nobody said anything', async () => {
  const {keys} = context.newQueue()
  expect(await readHome(context.redis, keys)).toEqual({})
  expect(await settleHome(context.redis, keys, {})).toEqual({})
  expect(await context.redis.exists(keys.sink)).toBe(0)
})

it('keeps what was said first', async () => {
  const {keys} = context.newQueue()
  await settleHome(context.redis, keys, {engine: 'list', ready_key: 'celery'})
  const home = await settleHome(context.redis, keys, {engine: 'stream', shards: '3', shard_by: undefined})
  expect(home).toEqual({engine: 'list', ready_key: 'celery', shards: '3'})
  expect(await readHome(context.redis, keys)).toEqual(home)
})

it('leaves the binding alone', async () => {
  const {keys, engine} = context.newQueue()
  const binding = {table: 'public.a', records: 'points', rename: {}, key: ['id']}
  await engine.bind(binding, {rebind: false})
  await settleHome(context.redis, keys, {ready_key: 'events'})
  expect(await engine.binding()).toEqual(binding)
  expect(await readHome(context.redis, keys)).toEqual({ready_key: 'events', payload: 'json'})
})
