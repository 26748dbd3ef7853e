import {describe, expect, it} from 'vitest'
import {Letter} from '../../src/queue/letters/letter.ts'
import {freeOldTrash, listTrash, newTrashId, purgeAll, purgeLetters, TRASH_MS} from '../../src/queue/trash.ts'
import {undoPurge} from '../../src/queue/undo-purge.ts'
import type {QueueKeys} from '../../src/redis/keys.ts'
import {callsOf} from '../support/calls.ts'
import {push, useServers} from '../support/context.ts'

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
  const trash = await purgeAll(context.redis, keys, 'ready')
  if (!trash) throw new Error('nothing was purged')
  return trash
}

describe('purgeAll', () => {
  it('takes everything, and says how long it can be undone', async () => {
    const {keys} = await queueOf(3)
    const trash = await purged(keys)
    expect(trash).toMatchObject({kind: 'ready', count: 3})
    expect(Date.parse(trash.until) - Date.parse(trash.at)).toBe(TRASH_MS)
    expect(await context.redis.exists(keys.ready)).toBe(0)
    expect(await purgeAll(context.redis, keys, 'ready')).toBeUndefined()
  })
})

describe('undoPurge', () => {
  it('brings everything back under its scores', async () => {
    const {keys} = await queueOf(3)
    const before = await context.redis.zrange(keys.ready, '0', '-1', 'WITHSCORES')
    const trash = await purged(keys)
    expect(await undoPurge(context.redis, keys, trash, signal)).toBe(3)
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
    expect(await undoPurge(context.redis, keys, trash, signal)).toBe(1200)
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
    const undo = () => undoPurge(context.redis, keys, trash, signal)
    expect(await callsOf(context.redis, 'evalsha', undo)).toHaveLength(40)
    expect(await context.redis.zcard(keys.ready)).toBe(50)
  })

  it('brings a great many back at once where one came since', async () => {
    const {keys} = await queueOf(2500)
    const trash = await purged(keys)
    await push(context, keys, ['{"new":1}'])
    const undo = () => undoPurge(context.redis, keys, trash, signal)
    expect(await callsOf(context.redis, 'evalsha', undo)).toHaveLength(1)
    expect(await context.redis.zcard(keys.ready)).toBe(2501)
  })

  it('moves nothing into a key of another type', async () => {
    const {keys} = await queueOf(3)
    const trash = await purged(keys)
    await context.redis.set(keys.ready, 'a text')
    await expect(undoPurge(context.redis, keys, trash, signal)).rejects.toThrow('WRONGTYPE')
    expect(await context.redis.zcard(keys.trashed(trash.id))).toBe(3)
    expect(await context.redis.get(keys.ready)).toBe('a text')
  })

  it('goes on where it was stopped', async () => {
    const {keys} = await queueOf(10)
    const trash = await purged(keys)
    expect(await undoPurge(context.redis, keys, trash, AbortSignal.abort())).toBe(0)
    expect(await listTrash(context.redis, keys)).toMatchObject([{id: trash.id, count: 10}])
    expect(await undoPurge(context.redis, keys, trash, signal)).toBe(10)
  })
})

describe('purgeLetters', () => {
  it('takes those it is given, into one trash', async () => {
    const {keys} = context.newQueue()
    await context.redis.zadd(keys.dead, 1, 'a', 2, 'b', 3, 'c')
    const id = newTrashId()
    const letters = ['a', 'c', 'gone'].map((text) => new Letter(Buffer.from(text), 0))
    expect(await purgeLetters(context.redis, keys, id, letters.slice(0, 1))).toBe(1)
    expect(await purgeLetters(context.redis, keys, id, letters.slice(1))).toBe(2)
    expect(await context.redis.zrange(keys.dead, '0', '-1')).toEqual(['b'])
    const [trash] = await listTrash(context.redis, keys)
    expect(trash).toMatchObject({id, kind: 'dead', count: 2})
    await undoPurge(context.redis, keys, trash, signal)
    expect(await context.redis.zrange(keys.dead, '0', '-1', 'WITHSCORES')).toEqual([
      'a',
      '1',
      'b',
      '2',
      'c',
      '3',
    ])
  })
})

it('purges large letters in short calls', async () => {
  const {keys} = context.newQueue()
  const letters = Array.from({length: 20}, (_, i) => new Letter(Buffer.alloc(1024 * 1024, `${i + 10}`), i))
  for (const {member, score} of letters) await context.redis.zadd(keys.dead, score, member)
  const purge = () => purgeLetters(context.redis, keys, newTrashId(), letters)
  expect(Math.max(...(await callsOf(context.redis, 'evalsha', purge)))).toBeLessThan(2.1 * 1024 * 1024)
  expect(await context.redis.exists(keys.dead)).toBe(0)
})

describe('freeOldTrash', () => {
  it('frees what is past its time, and nothing else', async () => {
    const {keys} = await queueOf(2)
    const young = await purged(keys)
    await push(context, keys, ['{"b":1}'])
    const old = await purged(keys)
    await context.redis.hset(keys.trash, old.id, `ready 1 ${Date.now() - TRASH_MS - 60_000}`)
    await freeOldTrash(context.redis, keys)
    expect((await listTrash(context.redis, keys)).map(({id}) => id)).toEqual([young.id])
    expect(await context.redis.exists(keys.trashed(young.id), keys.trashed(old.id))).toBe(1)
  })
})
