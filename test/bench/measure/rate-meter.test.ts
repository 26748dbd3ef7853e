import {afterEach, beforeEach, expect, it, vi} from 'vitest'
import {RateMeter} from '../../../src/bench/measure/rate-meter.ts'

beforeEach(() => {
  vi.useFakeTimers()
})

afterEach(() => {
  vi.useRealTimers()
})

const LIMITS = {warmupMs: 1000, ms: 4000, most: 1_000_000}

/** Calls `see` for `rate` items a second, `perSecond` times a second, until it returns false. @returns the items */
function feed(meter: RateMeter, rate: number, perSecond: number): number {
  for (let i = 0; ; i++) {
    const items = Math.round((i * rate) / perSecond)
    if (!meter.see(items)) return items
    vi.advanceTimersByTime(1000 / perSecond)
  }
}

it('counts what came after the warm-up, per second and in all', () => {
  const meter = new RateMeter(LIMITS)
  expect(feed(meter, 500, 100)).toBe(2500)
  expect(meter.result()).toEqual({items: 2000, seconds: 4, perSecond: [500, 500, 500, 500]})
})

it('has the rate of items that come in bursts, as over a slow link', () => {
  const meter = new RateMeter(LIMITS)
  feed(meter, 44_000, 10)
  const {items, seconds} = meter.result()
  expect(items / seconds).toBeCloseTo(44_000, 5)
})

it('knows seconds in which nothing came', () => {
  const meter = new RateMeter({...LIMITS, warmupMs: 0})
  meter.see(0)
  vi.advanceTimersByTime(500)
  meter.see(10)
  vi.advanceTimersByTime(2600)
  meter.see(30)
  expect(meter.result().perSecond).toEqual([10, 0, 0])
})

it('ends at its most items, half of which the warm-up may take', () => {
  const meter = new RateMeter({...LIMITS, most: 300})
  expect(feed(meter, 500, 100)).toBe(300)
  expect(meter.result()).toEqual({items: 150, seconds: 0.3, perSecond: []})
})

it('has nothing before the warm-up is over', () => {
  const meter = new RateMeter(LIMITS)
  meter.see(400)
  expect(meter.isCounting).toBe(false)
  expect(meter.result()).toEqual({items: 0, seconds: 0, perSecond: []})
})
