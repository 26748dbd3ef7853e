import {describe, expect, it} from 'vitest'
import {LatencyHistogram, latencyOf} from '../../../src/bench/measure/histogram.ts'

/** 1 ms to `count` ms, a sample each. */
function upTo(count: number): LatencyHistogram {
  const histogram = new LatencyHistogram()
  for (let ms = 1; ms <= count; ms++) histogram.record(ms)
  return histogram
}

/** Equal within the 3 significant figures that are kept. */
function expectAbout(actual: number | null, expected: number): void {
  expect(actual).toBeGreaterThanOrEqual(expected)
  expect(actual).toBeLessThanOrEqual(expected * 1.001)
}

describe('a latency histogram', () => {
  it('gives percentiles to 3 figures, and count, mean and max exactly', () => {
    const histogram = upTo(10_000)
    for (const q of [1, 50, 90, 99, 99.9]) expectAbout(histogram.percentile(q), q * 100)
    expect(histogram.percentile(0)).toBe(1)
    expect([histogram.count, histogram.mean, histogram.max]).toEqual([10_000, 5000.5, 10_000])
  })

  it.each([
    [99, 1000],
    [99.9, 10_000],
    [50, 20],
  ])('shows p%d from the 10th sample beyond it on: with %d samples, and not with one less', (q, enough) => {
    expect(upTo(enough - 1).percentile(q)).toBeNull()
    expectAbout(upTo(enough).percentile(q), (enough * q) / 100)
    expect(upTo(enough).percentile(100)).toBeNull()
  })

  it('has no figures without samples', () => {
    const empty = new LatencyHistogram()
    expect([empty.count, empty.mean, empty.max, empty.percentile(50), empty.estimate(50)]).toEqual([
      0,
      null,
      null,
      null,
      null,
    ])
    expect(empty.spectrum()).toEqual([])
    expect(latencyOf(empty, empty)).toBeNull()
  })

  it('keeps short times in µs, and counts what is shorter as one', () => {
    const histogram = new LatencyHistogram()
    for (let i = 0; i < 20; i++) histogram.record(0.123)
    expect(histogram.percentile(50)).toBe(0.123)
    histogram.record(0)
    expect(histogram.estimate(0)).toBe(0.001)
  })

  it('shows no percentile above the longest sample', () => {
    const histogram = new LatencyHistogram()
    for (let i = 0; i < 20; i++) histogram.record(1234.567)
    expect([histogram.percentile(50), histogram.max]).toEqual([1234.567, 1234.567])
  })

  it('counts waits of more than an hour as an hour instead of losing them', () => {
    const histogram = new LatencyHistogram()
    histogram.record(1e9)
    expect([histogram.count, histogram.max]).toEqual([1, 3_600_000])
  })

  it('says which figures are at least so high where waits had no end yet', () => {
    const answered = upTo(990)
    for (let i = 0; i < 20; i++) answered.recordAtLeast(2000)
    const found = latencyOf(answered, answered)
    expect(found).toMatchObject({p50: expect.any(Number), max: 2000, atLeast: ['p99', 'max', 'raw99']})
    expect(latencyOf(upTo(2000), upTo(2000))).not.toHaveProperty('atLeast')
  })

  it('takes a wait of more than an hour for at least one', () => {
    const histogram = upTo(10)
    histogram.record(1e9)
    expect([histogram.isAtLeast(3_600_000), histogram.isAtLeast(10)]).toEqual([true, false])
  })
})

describe('a spectrum', () => {
  it('rises, and ends with exactly 10 samples beyond its last point', () => {
    const points = upTo(10_000).spectrum()
    for (const [i, [q, ms]] of points.entries()) {
      expectAbout(ms, Math.max(1, Math.round(q * 100)))
      if (i > 0) expect(q).toBeGreaterThan(points[i - 1][0])
    }
    expect(points[0]).toEqual([0, 1])
    expect(points.at(-1)?.[0]).toBeCloseTo(99.9, 9)
  })

  it('is empty where even its first point would have too few samples beyond it', () => {
    expect(upTo(9).spectrum()).toEqual([])
  })
})
