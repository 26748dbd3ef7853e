import {beforeAll, describe, expect, it} from 'vitest'
import {type ReplayOptions, runReplay} from '../../src/letters/run-replay.ts'
import type {QueueEngine} from '../../src/queue/engine.ts'
import type {Letter} from '../../src/queue/letters/letter.ts'
import {openQueue} from '../../src/queue/open.ts'
import {deadLetters, drainAll, testSink, useServers} from '../support/context.ts'
import {seedLetters} from '../support/letters.ts'

const context = useServers()
const defaults = {filter: {}, dryRun: false, signal: new AbortController().signal}
const replay = (engine: QueueEngine, options: Partial<ReplayOptions> = {}) =>
  runReplay(engine, {...defaults, ...options})

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
  expect(await replay(at.engine)).toMatchObject({matched: 1234, replayed: 1234, remaining: 0})
  const items = await context.redis.zrange(at.keys.ready, '0', '-1', 'WITHSCORES')
  expect(items).toEqual(seeds(1234).flatMap(({payload, score}) => [payload, String(score)]))
})

it('goes on where somebody makes Redis forget its scripts all the while', async () => {
  const at = context.newQueue()
  await seedLetters(context, at, seeds(3000))
  const other = context.redis.duplicate()
  const flushes = setInterval(() => other.script('FLUSH').catch(() => {}), 2)
  const result = await replay(at.engine).finally(() => clearInterval(flushes))
  other.disconnect()
  expect(result).toMatchObject({replayed: 3000, remaining: 0})
})

it('only counts in a dry run', async () => {
  const at = context.newQueue()
  await seedLetters(context, at, seeds(10))
  expect(await replay(at.engine, {dryRun: true, filter: {limit: 4}})).toMatchObject({
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
  expect(await replay(at.engine)).toMatchObject({replayed: 2, waiting: 1, remaining: 1})
  expect(await context.redis.zcard(at.keys.ready)).toBe(3)
  expect(await context.redis.zscore(at.keys.ready, seeds(3)[1].payload)).toBe('7')
})

it('leaves letters that failed after it began', async () => {
  const at = context.newQueue()
  await seedLetters(context, at, [{payload: '{"n":1}', failedAt: Date.now() + 60_000}, ...seeds(2)])
  expect(await replay(at.engine)).toMatchObject({matched: 2, replayed: 2, later: 1, remaining: 1})
})

it('replays letters whose score says no time', async () => {
  const at = context.newQueue()
  await context.redis.zadd(at.keys.dead, '-inf', '{"n":1}', 5, '{"n":2}', '+inf', '{"n":3}')
  expect(await replay(at.engine)).toMatchObject({matched: 3, replayed: 3, later: 0, remaining: 0})
})

it('shares the letters with another replay and leaves none', async () => {
  const at = context.newQueue()
  const sameMoment = seeds(3000).map((seed) => ({...seed, failedAt: 1.7e12}))
  await seedLetters(context, at, sameMoment)
  const other = context.redis.duplicate()
  const results = await Promise.all([
    replay(at.engine),
    openQueue(other, {name: at.queue}).then((queue) => runReplay(queue, defaults)),
  ]).finally(() => other.disconnect())
  expect(results[0].replayed + results[1].replayed).toBe(3000)
  expect(await context.redis.zcard(at.keys.dead)).toBe(0)
  for (const {matched, replayed, gone} of results) expect(matched).toBe(replayed + gone)
})

it('reads again what another one hid from it', async () => {
  const at = context.newQueue()
  await seedLetters(
    context,
    at,
    seeds(1500).map((seed) => ({...seed, failedAt: 1.7e12})),
  )
  let pages = 0
  // Removes letters of the page that has already been read
  const takeSome = () => context.redis.zremrangebyrank(at.keys.dead, '500', '599')
  const judge = async (letters: Letter[]) => {
    if (pages++ === 0) await takeSome()
    return letters.map(() => 'passing' as const)
  }
  const result = await replay(at.engine, {judge})
  expect(result).toMatchObject({replayed: 1400, remaining: 0})
})

describe('a limit', () => {
  it('counts what goes back, not what is left', async () => {
    const at = context.newQueue()
    await seedLetters(context, at, seeds(20))
    await context.redis.zadd(at.keys.ready, 7, seeds(20)[0].payload)
    const judge = async (letters: Letter[]) =>
      letters.map((letter) => (/"n":[1-9],/.test(String(letter.item)) ? 'failing' : 'passing'))
    const options = {filter: {limit: 3}, judge}
    expect(await replay(at.engine, options)).toMatchObject({
      matched: 13,
      replayed: 3,
      waiting: 1,
      failing: 9,
      remaining: 17,
    })
    expect(await replay(at.engine, options)).toMatchObject({replayed: 3, remaining: 14})
  })
})

it('counts an item once in a dry run, and none that is ready', async () => {
  const at = context.newQueue()
  const [twice, waiting, other] = seeds(3)
  await seedLetters(context, at, [twice, twice, waiting, other])
  await context.redis.zadd(at.keys.ready, 7, waiting.payload)
  const dry = await replay(at.engine, {dryRun: true})
  expect(dry).toMatchObject({matched: 4, replayed: 2, waiting: 2, remaining: 4})
  expect(await replay(at.engine)).toMatchObject({matched: 4, replayed: 2, waiting: 2, remaining: 2})
})

it('keeps the history of an item that fails again', async () => {
  const at = context.newQueue()
  const sink = await testSink(context, 'child')
  await seedLetters(context, at, [{payload: '{"n":900,"parent":404}', message: 'first'}])
  for (const times of [1, 2]) {
    await replay(at.engine)
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
  await replay(at.engine)
  await drainAll(context, sink, at)
  const letters = await deadLetters(context, at.keys)
  expect(letters).toMatchObject([{payload: '{"n":911,"parent":405}', history: [{reason: 'x'}]}])
  expect((await context.pool.query('SELECT FROM child WHERE n = 910')).rowCount).toBe(1)
})

it('replays no faster than it may', async () => {
  const at = context.newQueue()
  await seedLetters(context, at, seeds(60))
  const started = performance.now()
  await replay(at.engine, {rate: 200})
  expect(performance.now() - started).toBeGreaterThan(250)
  expect(await context.redis.zcard(at.keys.ready)).toBe(60)
})

it('stops between items and goes on when run again', async () => {
  const at = context.newQueue()
  await seedLetters(context, at, seeds(100))
  const stop = new AbortController()
  const first = await replay(at.engine, {rate: 100, signal: stop.signal, onProgress: () => stop.abort()})
  expect(first.replayed).toBeGreaterThan(0)
  expect(first.remaining).toBe(100 - first.replayed)
  expect(await replay(at.engine)).toMatchObject({replayed: first.remaining, remaining: 0})
  expect(await context.redis.zcard(at.keys.ready)).toBe(100)
})
