import {afterEach, beforeEach, describe, expect, it, vi} from 'vitest'
import {
  type OpenLoopOptions,
  type OpenLoopResult,
  runOpenLoop,
  tickOf,
} from '../../../src/bench/measure/open-loop.ts'
import {seeded} from './seeded.ts'

const never = new AbortController().signal

function options(changed: Partial<OpenLoopOptions>): OpenLoopOptions {
  return {
    rate: 100,
    seconds: 10,
    warmupSeconds: 0,
    arrivals: 'constant',
    random: seeded(1),
    send: () => answerIn(2),
    maxInFlight: 10,
    signal: never,
    ...changed,
  }
}

function answerIn(ms: number): Promise<undefined> {
  return new Promise((resolve) => setTimeout(resolve, ms, undefined))
}

/** Number of operations that were due, by the result. */
const due = ({completed, failed}: OpenLoopResult) => completed + failed

describe('an open loop, on a clock of the test’s own', () => {
  beforeEach(() => {
    vi.useFakeTimers()
  })
  afterEach(() => {
    vi.useRealTimers()
  })

  /** Lets simulated time pass as fast as it can until the run is over. */
  async function run(changed: Partial<OpenLoopOptions>): Promise<OpenLoopResult> {
    let result: OpenLoopResult | undefined
    const running = runOpenLoop(options(changed)).then((done) => {
      result = done
    })
    while (!result) {
      for (let i = 0; i < 8; i++) await Promise.resolve()
      if (!result) vi.advanceTimersToNextTimer()
    }
    await running
    return result
  }

  it('shows one stalled second of sixty, which from the time of sending nearly disappears', async () => {
    const from = performance.now() + 30_000
    const stalled = () => performance.now() >= from && performance.now() < from + 1000
    const result = await run({
      seconds: 60,
      send: () => answerIn(stalled() ? from + 1000 - performance.now() : 2),
    })
    // 100 of 6,000 operations were due in that second and waited for 0 to 1,000 ms; 60 lie beyond p99
    expect(result.corrected.percentile(99)).toBeGreaterThan(380)
    expect(result.corrected.percentile(99)).toBeLessThan(420)
    expect(result.corrected.max).toBeGreaterThan(990)
    // Only the operations that had a slot when the second began were affected
    expect(result.raw.percentile(99)).toBeLessThan(10)
    // The other 90 were sent 10 to 910 ms late
    expect(result.lag.percentile(99)).toBeGreaterThan(300)
    expect(result.lag.percentile(99)).toBeLessThan(330)
    expect(result.late.percentile(99)).toBeLessThan(2)
    expect(result).toMatchObject({sent: 6000, completed: 6000, failed: 0, dropped: 0, seconds: 60})
    expect(result.perSecond.slice(29, 32)).toEqual([100, 0, 200])
  })

  it('measures from the intended time when the server is always too slow, and counts what it could not send', async () => {
    let freeAt = 0
    const serve = () => {
      freeAt = Math.max(freeAt, performance.now()) + 20
      return answerIn(freeAt - performance.now())
    }
    const result = await run({seconds: 20, send: serve})
    // 50 of 100 operations a second are served, each 10 slots later: 200 ms from the send, up to 10 s from the due time
    expect(result.raw.percentile(99)).toBeLessThan(210)
    expect(result.corrected.percentile(50)).toBeGreaterThan(4800)
    expect(result.corrected.percentile(50)).toBeLessThan(5200)
    expect(result.completed).toBe(1010)
    expect(result.dropped).toBe(990)
    expect(due(result)).toBe(2000)
    expect([...result.errors]).toEqual([['not sent: 10 operations were still unanswered', 990]])
    expect(result.corrected.count).toBe(2000)
    expect(result.raw.count).toBe(result.sent)
    expect(result.perSecond.slice(1).every((completed) => completed === 50)).toBe(true)
  })

  it('counts failures by their message, with the time they took, also of a sender that throws', async () => {
    const result = await run({
      send: (i) => {
        if (i % 4 === 1) throw new Error('thrown')
        return answerIn(50).then((answer) => {
          if (i % 4 === 2) throw new Error('refused')
          return answer
        })
      },
    })
    expect(result).toMatchObject({sent: 1000, completed: 500, failed: 500, dropped: 0})
    expect([...result.errors].sort()).toEqual([
      ['refused', 250],
      ['thrown', 250],
    ])
    expect(result.corrected.count).toBe(1000)
    expect(result.corrected.percentile(90)).toBeGreaterThanOrEqual(50)
  })

  it('keeps no more than 100 messages', async () => {
    const result = await run({seconds: 3, send: (i) => Promise.reject(new Error(`number ${i}`))})
    expect(result.errors.size).toBe(101)
    expect(result.errors.get('other errors')).toBe(200)
  })

  it('sends in the warm-up and drops what it measured there', async () => {
    const from = performance.now()
    const send = vi.fn(() => answerIn(performance.now() - from < 2900 ? 90 : 1))
    const result = await run({warmupSeconds: 3, seconds: 10, send})
    expect(send).toHaveBeenCalledTimes(1300)
    expect(result).toMatchObject({sent: 1000, completed: 1000, seconds: 10})
    expect(result.corrected.max).toBeLessThan(5)
    expect(result.perSecond).toHaveLength(10)
  })

  it('tells how it goes, second by second', async () => {
    const seconds: unknown[] = []
    await run({seconds: 3, warmupSeconds: 1, onSecond: (second) => seconds.push(second)})
    const second = (n: number) => ({
      second: n,
      warmup: n < 1,
      completed: 100,
      failed: 0,
      inFlight: 0,
      waiting: 0,
    })
    expect(seconds.slice(0, 3)).toEqual([0, 1, 2].map(second))
  })

  it('gives up on what is never answered, with its wait', async () => {
    const result = await run({
      seconds: 1,
      maxInFlight: 1000,
      drainMs: 5000,
      send: () => new Promise(() => {}),
    })
    expect(result).toMatchObject({sent: 100, completed: 0, failed: 100})
    expect([...result.errors]).toEqual([['no answer within 5.0 s after the end', 100]])
    expect(result.corrected.percentile(50)).toBeGreaterThan(5000)
  })

  it('does not hear an answer that comes after it gave up', async () => {
    const result = await run({seconds: 1, maxInFlight: 1000, drainMs: 500, send: () => answerIn(3000)})
    await vi.advanceTimersByTimeAsync(5000)
    expect(result).toMatchObject({completed: 0, failed: 100})
    expect(result.corrected.count).toBe(100)
  })

  it('ends at the signal with what it has, and takes no more than a second for it', async () => {
    const interruption = new AbortController()
    setTimeout(() => interruption.abort(), 4500)
    const from = performance.now()
    const result = await run({
      signal: interruption.signal,
      send: (i) => (i === 400 ? new Promise(() => {}) : answerIn(2)),
    })
    expect(performance.now() - from).toBeLessThan(5600)
    expect(result.seconds).toBeCloseTo(4.5, 1)
    expect(result.perSecond).toHaveLength(4)
    expect(result.failed).toBe(1)
    expect(due(result)).toBe(result.late.count)
  })

  it('sends nothing at a signal that was there before', async () => {
    const send = vi.fn(() => answerIn(1))
    const result = await run({send, signal: AbortSignal.abort()})
    expect(send).not.toHaveBeenCalled()
    expect(result).toMatchObject({sent: 0, seconds: 0, validity: {state: 'invalid'}})
  })

  it('keeps the rate and the slots under Poisson arrivals', async () => {
    let open = 0
    let most = 0
    const send = async () => {
      most = Math.max(most, ++open)
      const answer = await answerIn(30)
      open--
      return answer
    }
    const result = await run({arrivals: 'poisson', seconds: 30, maxInFlight: 4, send})
    expect(most).toBe(4)
    expect(due(result)).toBe(result.late.count)
    expect(Math.abs(due(result) - 3000)).toBeLessThan(3 * Math.sqrt(3000))
  })
})

describe('an open loop, in real time', () => {
  it('is invalid when something holds up its event loop', async () => {
    const halt = () => {
      const until = performance.now() + 300
      while (performance.now() < until);
    }
    const timer = setInterval(halt, 500)
    const result = await runOpenLoop(options({rate: 500, seconds: 1.5, maxInFlight: 1000}))
    clearInterval(timer)
    expect(result.validity).toMatchObject({
      state: 'invalid',
      why: expect.stringContaining('the generator was'),
    })
    // The halt shows in full: the operations due meanwhile count with their whole lateness
    expect(result.late.percentile(90)).toBeGreaterThan(100)
    expect(due(result)).toBe(750)
  })

  it('sends all it was asked for', async () => {
    const result = await runOpenLoop(options({rate: 2000, seconds: 1, maxInFlight: 100_000}))
    expect(result).toMatchObject({sent: 2000, completed: 2000, failed: 0})
  })
})

describe('the grid of a rate', () => {
  it.each([
    [10, 1],
    [250, 1],
    [500, 4],
    [1000, 4],
    [2000, 2],
    [20_000, 1],
  ])('of %s a second is %s ms', (rate, ms) => {
    expect(tickOf(rate)).toBe(ms)
  })
})
