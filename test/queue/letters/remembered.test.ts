import {afterAll, beforeAll, expect, inject, it} from 'vitest'
import {runPurge} from '../../../src/letters/run-purge.ts'
import {runReplay} from '../../../src/letters/run-replay.ts'
import {parseFilter} from '../../../src/queue/letters/filter-flags.ts'
import {planLetters} from '../../../src/queue/letters/letter-plan.ts'
import {restoreLetters} from '../../../src/queue/letters/restore-letters.ts'
import {openQueue} from '../../../src/queue/open.ts'
import {listTrash} from '../../../src/queue/trash-list.ts'
import type {QueueKeys} from '../../../src/redis/keys.ts'
import {useServers} from '../../support/context.ts'
import {seedLetters} from '../../support/letters.ts'
import {type FaultProxy, startProxy} from '../../support/proxy.ts'

const context = useServers()
const {signal} = new AbortController()
const LETTERS = 2000
/** Cuts five calls whose bytes contain a letter. */
const LETTER = {pattern: 'one:0', times: 5}
let proxy: FaultProxy

beforeAll(async () => {
  proxy = await startProxy(Number(new URL(inject('redisUrl')).port))
})
afterAll(() => proxy.close())

/** Letters with the same time, so that they are ordered by their bytes. */
async function queueOfLetters() {
  const at = context.newQueue()
  const seeds = Array.from({length: LETTERS}, (_, i) => ({
    payload: `{"n":${i}}`,
    id: `one:${String(i).padStart(5, '0')}`,
    failedAt: 1_700_000_000_000,
  }))
  await seedLetters(context, at, seeds)
  return at
}

/**
 * Acts through a connection that breaks several times after Redis has executed a call, but before the reply arrives.
 */
async function cutBehind<R>(
  {pattern, times}: {pattern: string; times: number},
  act: (redis: typeof context.redis) => Promise<R>,
): Promise<R> {
  const redis = context.redis.duplicate({port: proxy.port})
  const cut = proxy.onRequest(pattern, 'cut-after-reply', times)
  try {
    const result = await act(redis)
    await cut
    return result
  } finally {
    proxy.forget()
    redis.disconnect()
  }
}

const options = async (keys: QueueKeys) => ({filter: {plan: await planLetters(context.redis, keys)}, signal})

it('counts a replayed letter once where the reply was lost, and steps over none', async () => {
  const {keys, queue} = await queueOfLetters()
  const all = {...(await options(keys)), dryRun: false}
  const result = await cutBehind(LETTER, async (redis) =>
    runReplay(await openQueue(redis, {name: queue}), all),
  )
  expect(result).toMatchObject({replayed: LETTERS, gone: 0, remaining: 0})
  expect(await context.redis.zcard(keys.ready)).toBe(LETTERS)
})

it('says of a replayed letter that it moved though a worker has taken its item before the reply came', async () => {
  const {keys, queue} = await queueOfLetters()
  const all = {...(await options(keys)), dryRun: false}
  const worker = setInterval(() => context.redis.zpopmin(keys.ready, 500), 1)
  const result = await cutBehind(LETTER, async (redis) =>
    runReplay(await openQueue(redis, {name: queue}), all),
  ).finally(() => clearInterval(worker))
  expect(result).toMatchObject({replayed: LETTERS, gone: 0, remaining: 0})
})

it('purges what was counted where a reply was lost, and says how many', async () => {
  const {keys, queue} = await queueOfLetters()
  const {filter} = await options(keys)
  const told: number[] = []
  const result = await cutBehind(LETTER, async (redis) =>
    runPurge((await openQueue(redis, {name: queue})).letters, {
      filter: {...filter, ...parseFilter({reason: 'foreign_key'}, 0)},
      ...{isAll: false, counted: LETTERS, signal, onPurged: (count: number) => told.push(count)},
    }),
  )
  expect(result.purged).toBe(LETTERS)
  expect(told.reduce((sum, count) => sum + count, 0)).toBe(LETTERS)
  expect(await context.redis.zcard(keys.dead)).toBe(0)
})

it.each([
  ['at once', 0],
  ['piece by piece', 1500],
])('says how many an undo restored %s where a reply was lost', async (_, more) => {
  const {engine, keys} = await queueOfLetters()
  const {filter} = await options(keys)
  await runPurge(engine.letters, {filter, isAll: true, counted: LETTERS, signal, onPurged: () => {}})
  for (let i = 0; i < more; i++) await context.redis.zadd(keys.dead, i, `${i}`)
  const [trash] = await listTrash(context.redis, keys)
  const restored = await cutBehind({pattern: trash.id, times: more === 0 ? 1 : 2}, (redis) =>
    restoreLetters(redis, keys, trash, signal),
  )
  expect(restored).toBe(LETTERS)
  expect(await context.redis.zcard(keys.dead)).toBe(LETTERS + more)
})
