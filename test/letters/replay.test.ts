import {beforeAll, describe, expect, it} from 'vitest'
import {type ReplayOptions, runReplay} from '../../src/letters/run-replay.ts'
import {surveyLetters} from '../../src/queue/letter-groups.ts'
import type {QueueKeys} from '../../src/redis/keys.ts'
import {deadLetters, drainAll, testSink, useServers} from '../support/context.ts'
import {seedLetters} from '../support/letters.ts'

const context = useServers()
const defaults = {filter: {}, dryRun: false, signal: new AbortController().signal}
const replay = (keys: QueueKeys, options: Partial<ReplayOptions> = {}) =>
  runReplay(context.redis, keys, {...defaults, ...options})

beforeAll(async () => {
  await context.pool.query('CREATE TABLE parent (id int PRIMARY KEY)')
  await context.pool.query('CREATE TABLE child (n int PRIMARY KEY, parent int REFERENCES parent)')
  await context.pool.query('INSERT INTO parent VALUES (1)')
})

const seeds = (count: number) =>
  Array.from({length: count}, (_, i) => ({payload: `{"n":${i},"parent":1}`, score: 1e13 + i}))

it('moves every item once, with the score it had and its exact text', async () => {
  const at = context.newQueue()
  await seedLetters(context, at, seeds(1234))
  expect(await replay(at.keys)).toMatchObject({matched: 1234, replayed: 1234, remaining: 0})
  const items = await context.redis.zrange(at.keys.ready, '0', '-1', 'WITHSCORES')
  expect(items).toEqual(seeds(1234).flatMap(({payload, score}) => [payload, String(score)]))
})

it('only counts in a dry run', async () => {
  const at = context.newQueue()
  await seedLetters(context, at, seeds(10))
  expect(await replay(at.keys, {dryRun: true, filter: {limit: 4}})).toMatchObject({
    matched: 4,
    replayed: 4,
    remaining: 10,
  })
  expect(await context.redis.exists(at.keys.ready, at.keys.history)).toBe(0)
})

it('leaves a letter whose item is ready already', async () => {
  const at = context.newQueue()
  await seedLetters(context, at, seeds(3))
  await context.redis.zadd(at.keys.ready, 7, seeds(3)[1].payload)
  expect(await replay(at.keys)).toMatchObject({replayed: 2, waiting: 1, remaining: 1})
  expect(await context.redis.zcard(at.keys.ready)).toBe(3)
  expect(await context.redis.zscore(at.keys.ready, seeds(3)[1].payload)).toBe('7')
})

it('leaves letters that failed after it began', async () => {
  const at = context.newQueue()
  await seedLetters(context, at, [{payload: '{"n":1}', failedAt: Date.now() + 60_000}, ...seeds(2)])
  expect(await replay(at.keys)).toMatchObject({replayed: 2, remaining: 1})
})

it('keeps the history of an item that fails again', async () => {
  const at = context.newQueue()
  const sink = await testSink(context, 'child')
  await seedLetters(context, at, [{payload: '{"n":900,"parent":404}', message: 'first'}])
  for (const times of [1, 2]) {
    await replay(at.keys)
    await drainAll(context, sink, at)
    const [letter] = await deadLetters(context, at.keys)
    expect(letter.history).toHaveLength(times)
    expect((letter.history as object[])[0]).toMatchObject({reason: 'foreign_key', message: 'first'})
  }
  expect(await context.redis.hlen(at.keys.history)).toBe(0)
})

it('replays envelopes of the service, each record of which is judged alone', async () => {
  const at = context.newQueue()
  const sink = await testSink(context, 'child')
  const points = '[{"n":910,"parent":1},{"n":911,"parent":405}]'
  await context.redis.zadd(at.keys.dead, 1_700_000_000, `{"points":${points},"reason":"x","count":2}`)
  await replay(at.keys)
  await drainAll(context, sink, at)
  const letters = await deadLetters(context, at.keys)
  expect(letters).toMatchObject([{payload: '{"n":911,"parent":405}', history: [{reason: 'x'}]}])
  expect((await context.pool.query('SELECT FROM child WHERE n = 910')).rowCount).toBe(1)
})

describe('a canary', () => {
  const bad = (from: number, count: number) =>
    Array.from({length: count}, (_, i) => ({payload: `{"n":${from + i},"parent":404}`}))
  const canary = {count: 5, abortOn: 0.05, timeoutMs: 20_000}

  it('stops a replay that fails again, and leaves the rest', async () => {
    const at = context.newQueue()
    const sink = await testSink(context, 'child')
    await seedLetters(context, at, bad(1000, 50))
    const stop = new AbortController()
    const worker = drainAll(context, sink, at, {untilEmpty: false, signal: stop.signal})
    const result = await replay(at.keys, {canary})
    stop.abort()
    await worker
    expect(result).toMatchObject({replayed: 5, aborted: true, canary: {items: 5, failedAgain: 5}})
    const survey = await surveyLetters(context.redis, at.keys.dead)
    expect(survey.total).toBe(50)
  })

  it('lets the rest follow where it lives', async () => {
    const at = context.newQueue()
    const sink = await testSink(context, 'child')
    await seedLetters(
      context,
      at,
      Array.from({length: 40}, (_, i) => ({payload: `{"n":${2000 + i},"parent":1}`})),
    )
    const stop = new AbortController()
    const worker = drainAll(context, sink, at, {untilEmpty: false, signal: stop.signal})
    const result = await replay(at.keys, {canary})
    stop.abort()
    await worker
    expect(result).toMatchObject({replayed: 40, aborted: false, canary: {items: 5, failedAgain: 0}})
  })

  it('says so when nobody works', async () => {
    const at = context.newQueue()
    await seedLetters(context, at, bad(3000, 10))
    await expect(replay(at.keys, {canary: {...canary, timeoutMs: 60}})).rejects.toMatchObject({
      code: 'CANARY_TIMEOUT',
    })
    expect(await context.redis.zcard(at.keys.ready)).toBe(5)
    expect(await context.redis.zcard(at.keys.dead)).toBe(5)
  })
})

it('replays no faster than it may', async () => {
  const at = context.newQueue()
  await seedLetters(context, at, seeds(60))
  const started = performance.now()
  await replay(at.keys, {rate: 200})
  expect(performance.now() - started).toBeGreaterThan(250)
  expect(await context.redis.zcard(at.keys.ready)).toBe(60)
})

it('stops between items and goes on when run again', async () => {
  const at = context.newQueue()
  await seedLetters(context, at, seeds(100))
  const stop = new AbortController()
  const first = await replay(at.keys, {rate: 100, signal: stop.signal, onProgress: () => stop.abort()})
  expect(first.replayed).toBeGreaterThan(0)
  expect(first.remaining).toBe(100 - first.replayed)
  expect(await replay(at.keys)).toMatchObject({replayed: first.remaining, remaining: 0})
  expect(await context.redis.zcard(at.keys.ready)).toBe(100)
})
