import {afterEach, beforeEach, describe, expect, it, vi} from 'vitest'
import {type AskTime, RedisTime} from '../../../src/bench/agents/redis-time.ts'

/** A server whose clock is ahead of `performance.now()`, and whose requests and replies take a while. */
function server(ahead: number, trips: Array<[number, number]>): AskTime {
  let i = 0
  return async () => {
    const [there, back] = trips[i++ % trips.length]
    vi.advanceTimersByTime(there)
    const ms = performance.now() + ahead
    vi.advanceTimersByTime(back)
    return [String(Math.floor(ms / 1000)), String(Math.round((ms % 1000) * 1000))]
  }
}

const HOUR = 3_600_000

describe('the time of Redis', () => {
  beforeEach(() => {
    vi.useFakeTimers()
  })
  afterEach(() => {
    vi.useRealTimers()
  })

  it('is that of the quickest reply, and its uncertainty half of that round trip', async () => {
    const clock = await RedisTime.open(
      server(HOUR, [
        [40, 2],
        [1, 1],
        [3, 30],
      ]),
    )
    expect(clock.now() - performance.now()).toBeCloseTo(HOUR, 3)
    expect(clock.worst).toBe(1)
  })

  it('is off by no more than the uncertainty where the way back is longer', async () => {
    const clock = await RedisTime.open(
      server(HOUR, [
        [0, 8],
        [8, 0],
      ]),
    )
    expect(clock.worst).toBe(4)
    expect(Math.abs(clock.now() - performance.now() - HOUR)).toBeLessThanOrEqual(4)
  })

  it('compares two hosts whose clocks differ by hours', async () => {
    // One moment, seen by two hosts whose own clocks have nothing to do with each other
    const [one, other] = [
      await RedisTime.open(server(HOUR, [[1, 1]])),
      await RedisTime.open(server(3 * HOUR, [[1, 1]])),
    ]
    const onOne = performance.now()
    const onOther = onOne - 2 * HOUR
    expect(other.toLocal(one.now())).toBeCloseTo(onOther, 3)
  })

  it('keeps a better reading, and lets it age', async () => {
    let ask = server(HOUR, [[1, 1]])
    const clock = await RedisTime.open(() => ask())
    ask = server(HOUR + 6, [[10, 10]])
    await clock.refresh()
    expect(clock.now() - performance.now()).toBeCloseTo(HOUR, 3)
    expect(clock.worst).toBeLessThan(1.1)
    vi.advanceTimersByTime(100_000)
    await clock.refresh()
    // After 100 s at 100 parts per million, 10 ms are no worse
    expect(clock.worst).toBeGreaterThanOrEqual(10)
    expect(clock.now() - performance.now()).toBeCloseTo(HOUR + 6, 3)
    expect(clock.moved).toBe(0)
  })

  it('notices that it was set', async () => {
    let ask = server(HOUR, [[1, 1]])
    const clock = await RedisTime.open(() => ask())
    ask = server(HOUR + 50, [[1, 1]])
    await clock.refresh()
    expect(clock.moved).toBeCloseTo(48, 0)
  })

  it('says how far the clock of this host is off', async () => {
    vi.setSystemTime(Date.UTC(2026, 0, 1))
    const ahead = Date.now() - performance.now() + 250
    expect((await RedisTime.open(server(ahead, [[1, 1]]))).hostOffset).toBeCloseTo(249.5, 0)
  })
})
