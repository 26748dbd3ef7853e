import {beforeAll, expect, it} from 'vitest'
import {type ReplayOptions, runReplay} from '../../src/letters/run-replay.ts'
import {pauseQueue} from '../../src/queue/pause.ts'
import type {QueueKeys} from '../../src/redis/keys.ts'
import {drainAll, testSink, useServers} from '../support/context.ts'
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

const letters = (from: number, count: number, parent: number) =>
  Array.from({length: count}, (_, i) => ({payload: `{"n":${from + i},"parent":${parent}}`}))
const canary = {count: 5, abortOn: 0.05, timeoutMs: 20_000}

/** Replays while workers drain. */
async function replayToWorkers(at: {queue: string; keys: QueueKeys}, options: Partial<ReplayOptions>) {
  const sink = await testSink(context, 'child')
  const stop = new AbortController()
  const worker = drainAll(context, sink, at, {untilEmpty: false, signal: stop.signal})
  const result = await replay(at.keys, options)
  stop.abort()
  await worker
  return result
}

it('stops a replay that fails again, and leaves the rest', async () => {
  const at = context.newQueue()
  await seedLetters(context, at, letters(1000, 50, 404))
  const result = await replayToWorkers(at, {canary})
  expect(result).toMatchObject({
    replayed: 5,
    aborted: true,
    canary: {items: 5, failedAgain: 5, open: 0, paused: false},
  })
  expect(await context.redis.zcard(at.keys.dead)).toBe(50)
})

it('lets the rest follow where it lives', async () => {
  const at = context.newQueue()
  await seedLetters(context, at, letters(2000, 40, 1))
  const result = await replayToWorkers(at, {canary})
  expect(result).toMatchObject({replayed: 40, aborted: false, canary: {items: 5, failedAgain: 0}})
})

it('judges fewer letters than it was to have', async () => {
  const at = context.newQueue()
  await seedLetters(context, at, letters(3000, 4, 404))
  const result = await replayToWorkers(at, {canary: {...canary, count: 500, abortOn: 0}})
  expect(result).toMatchObject({replayed: 4, aborted: true, canary: {items: 4, failedAgain: 4}})
})

it('gives no verdict where it is interrupted', async () => {
  const at = context.newQueue()
  await seedLetters(context, at, letters(4000, 10, 404))
  const stop = new AbortController()
  const onProgress = () => setTimeout(() => stop.abort(), 20)
  const result = await replay(at.keys, {canary, signal: stop.signal, onProgress})
  expect(result).toMatchObject({replayed: 5, canary: null, aborted: false, remaining: 5})
})

it('says what is open when nobody works, and leaves the rest', async () => {
  const at = context.newQueue()
  await seedLetters(context, at, letters(5000, 10, 404))
  const result = await replay(at.keys, {canary: {...canary, timeoutMs: 60}})
  expect(result).toMatchObject({
    replayed: 5,
    remaining: 5,
    aborted: true,
    canary: {items: 5, failedAgain: 0, open: 5, paused: false},
  })
})

it('says that the queue is paused', async () => {
  const at = context.newQueue()
  await seedLetters(context, at, letters(6000, 10, 404))
  await pauseQueue(context.redis, at.keys)
  const result = await replay(at.keys, {canary: {...canary, timeoutMs: 60}})
  expect(result).toMatchObject({aborted: true, canary: {open: 5, paused: true}})
})
