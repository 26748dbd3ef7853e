import {describe, expect, it} from 'vitest'
import {purgeItems, restoreItems} from '../../../src/queue/item-trash.ts'
import type {QueueKeys} from '../../../src/redis/keys.ts'
import {callsOf} from '../../support/calls.ts'
import {push, useServers} from '../../support/context.ts'
import {setBook} from '../../support/set-book.ts'

const context = useServers()
const {signal} = new AbortController()

async function queueOf(count: number) {
  const at = context.newQueue()
  await push(
    context,
    at.keys,
    Array.from({length: count}, (_, i) => `{"a":${i}}`),
  )
  return at
}

async function purged(keys: QueueKeys) {
  const trash = await purgeItems(setBook(context.redis, keys))
  if (!trash) throw new Error('nothing was purged')
  return trash
}

describe('undoing the purge of a sorted set', () => {
  it('brings everything back under its scores', async () => {
    const {keys} = await queueOf(3)
    const before = await context.redis.zrange(keys.ready, '0', '-1', 'WITHSCORES')
    const trash = await purged(keys)
    expect(await restoreItems(setBook(context.redis, keys), trash, signal)).toBe(3)
    expect(await context.redis.zrange(keys.ready, '0', '-1', 'WITHSCORES')).toEqual(before)
    expect(await context.redis.exists(keys.trash, keys.trashed(trash.id))).toBe(0)
  })

  it.each([
    ['a few', 1],
    ['many', 700],
  ])('joins %s that came since, which stay as they are', async (_, more) => {
    const {keys} = await queueOf(1201)
    const trash = await purged(keys)
    const since = Array.from({length: more}, (_, i) => [100 + i, `{"new":${i}}`]).flat()
    await context.redis.zadd(keys.ready, 77, '{"a":5}', ...since)
    expect(await restoreItems(setBook(context.redis, keys), trash, signal)).toBe(1200)
    expect(await context.redis.zcard(keys.ready)).toBe(1201 + more)
    expect(await context.redis.zscore(keys.ready, '{"a":5}')).toBe('77')
    expect(await context.redis.zscore(keys.ready, '{"new":0}')).toBe('100')
    expect(await context.redis.exists(keys.trash, keys.trashed(trash.id))).toBe(0)
  })

  it('brings large members back in short calls', async () => {
    const {keys} = context.newQueue()
    const large = (i: number) => Buffer.alloc(1024 * 1024, `${i}`)
    for (let i = 10; i < 50; i++) await context.redis.zadd(keys.ready, i, large(i))
    const trash = await purged(keys)
    for (let i = 40; i < 60; i++) await context.redis.zadd(keys.ready, i, large(i))
    const undo = () => restoreItems(setBook(context.redis, keys), trash, signal)
    expect(await callsOf(context.redis, 'evalsha', undo)).toHaveLength(40)
    expect(await context.redis.zcard(keys.ready)).toBe(50)
  })

  it('brings a great many back at once where one came since', async () => {
    const {keys} = await queueOf(2500)
    const trash = await purged(keys)
    await push(context, keys, ['{"new":1}'])
    const undo = () => restoreItems(setBook(context.redis, keys), trash, signal)
    expect(await callsOf(context.redis, 'evalsha', undo)).toHaveLength(1)
    expect(await context.redis.zcard(keys.ready)).toBe(2501)
  })
})
