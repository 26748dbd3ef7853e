import {afterAll, beforeAll, describe, expect, inject, it} from 'vitest'
import type {ModesOptions} from '../../../../src/bench/scenarios/modes/mode-step.ts'
import {runModes} from '../../../../src/bench/scenarios/modes/modes.ts'
import {useServers} from '../../../support/context.ts'
import {startTestRedis, type TestServer} from '../../../support/server.ts'

const context = useServers()

const run = (changed: Partial<ModesOptions>) =>
  runModes({
    redisUrl: inject('redisUrl'),
    connect: {},
    queue: context.newQueue().queue,
    modes: ['single', 'pipeline', 'batch', 'auto'],
    batches: [50],
    seconds: 0.3,
    warmupSeconds: 0.1,
    most: 20_000,
    rttMs: 0,
    itemBytes: 150,
    signal: new AbortController().signal,
    onStep: () => {},
    ...changed,
  })

describe('modes', () => {
  it('are each measured, with what every item became', async () => {
    const {queue, keys} = context.newQueue()
    const found = await run({queue, batches: [10, 50]})
    expect(found.steps.map(({name}) => name)).toEqual([
      'single',
      'pipeline of 10',
      'pipeline of 50',
      'batch of 10',
      'batch of 50',
      'auto-pipelining, 10 at a time',
      'auto-pipelining, 50 at a time',
    ])
    expect(found.checks).toEqual([
      {
        name: 'lost',
        ok: true,
        text: 'lost 0 (items that Redis accepted but that were not in the queue after their step)',
      },
    ])
    for (const step of found.steps) {
      expect(step.achieved).toBeGreaterThan(0)
      expect(step.usage?.redis?.source).toBe('process')
    }
    expect(found.comparisons).toEqual([])
    expect(await context.redis.exists(keys.ready)).toBe(0)
  })

  it('have the latency of an item where each has its own answer, and none where it has not', async () => {
    const {steps} = await run({})
    expect(steps.map(({latency}) => latency !== null)).toEqual([true, false, false, true])
  })

  it('end with their most items, which have to fit into Redis', async () => {
    const {steps} = await run({modes: ['batch'], most: 1000, seconds: 60, warmupSeconds: 30})
    const [{parameters}] = steps
    expect(parameters.items).toBeGreaterThan(0)
    expect(parameters.items).toBeLessThanOrEqual(1000)
  })

  it('do not go well when items are gone that Redis had taken', async () => {
    const {queue, keys} = context.newQueue()
    let taken: Promise<unknown> | undefined
    const takeSome = async () => {
      while ((await context.redis.zpopmin(keys.ready)).length === 0);
    }
    const found = await run({
      queue,
      modes: ['single'],
      onStep: () => {
        taken = takeSome()
      },
    })
    await taken
    expect(found.checks).toMatchObject([{name: 'lost', ok: false}])
    expect(found.metrics.lost).toBe(1)
  })
})

describe('modes over a slow link', () => {
  it('carry an item a round trip one by one, and as many as share it otherwise', async () => {
    const rttMs = 60
    const found = await run({rttMs, seconds: 1, modes: ['single', 'pipeline', 'batch', 'auto']})
    const [single, ...others] = found.steps
    // A round trip may be longer than its delay, but not shorter, except for the resolution of the timers
    expect(single.achieved).toBeLessThan(1000 / (rttMs - 2))
    for (const other of others) expect(other.achieved).toBeGreaterThan(5 * single.achieved)
    expect(found.metrics).toMatchObject({
      rateSingle: single.achieved,
      'ratePipeline@50': others[0].achieved,
      ratePipeline: others[0].achieved,
      speedup: others[0].achieved / single.achieved,
    })
    expect(found.notes[0]).toContain('of which 60 ms come from a delaying proxy')
  })

  it.each(['rediss://127.0.0.1:1', 'unix:///tmp/redis.sock', 'redis+sentinel://127.0.0.1:1/main'])(
    'need a server that a proxy can stand before: not %s',
    async (redisUrl) => {
      await expect(run({redisUrl, rttMs: 60})).rejects.toMatchObject({
        kind: 'usage',
        message: expect.stringContaining('a simulated round trip needs a plain redis'),
      })
    },
  )
})

describe('a queue that is in use', () => {
  it('is refused and left as it is', async () => {
    const {queue, keys} = context.newQueue()
    await context.redis.zadd(keys.ready, 1, 'of somebody else')
    await expect(run({queue})).rejects.toMatchObject({code: 'NOT_EMPTY', kind: 'refused'})
    expect(await context.redis.zcard(keys.ready)).toBe(1)
  })
})

describe('an interruption', () => {
  it('ends the step under way and leaves nothing behind', async () => {
    const {queue, keys} = context.newQueue()
    const interruption = new AbortController()
    const found = await run({
      queue,
      seconds: 60,
      most: 10_000_000,
      signal: interruption.signal,
      onStep: () => void setTimeout(() => interruption.abort(), 200),
    })
    expect(found.steps).toHaveLength(1)
    expect(await context.redis.exists(keys.ready)).toBe(0)
  })

  it('before the first step measures nothing', async () => {
    await expect(run({signal: AbortSignal.abort()})).rejects.toMatchObject({
      kind: 'interrupted',
      message: 'interrupted before the first step; nothing was measured',
    })
  })
})

describe('a server that goes away', () => {
  let server: TestServer

  beforeAll(async () => {
    server = await startTestRedis('appendonly no')
  })
  afterAll(() => server.stop())

  it('ends the run with its error instead of a figure', async () => {
    const failed = run({
      redisUrl: server.url,
      connect: {reconnectMs: 300, commandMs: 1000},
      seconds: 60,
      most: 10_000_000,
      modes: ['single'],
      onStep: () => void setTimeout(() => void server.crash(), 200),
    })
    await expect(failed).rejects.toMatchObject({kind: 'connect'})
  })
})
