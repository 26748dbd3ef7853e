import {describe, expect, it} from 'vitest'
import {arrivals} from '../../../src/bench/measure/arrivals.ts'
import {seeded} from './seeded.ts'

function take(next: () => number, count: number): number[] {
  return Array.from({length: count}, next)
}

function gaps(times: number[]): number[] {
  return times.map((time, i) => time - (times[i - 1] ?? 0))
}

/** The largest distance between the samples and a distribution function. */
function farthest(samples: number[], distribution: (value: number) => number): number {
  const sorted = samples.toSorted((a, b) => a - b)
  const distances = sorted.map((value, i) => {
    const expected = distribution(value)
    return Math.max(expected - i / sorted.length, (i + 1) / sorted.length - expected)
  })
  return Math.max(...distances)
}

describe('constant arrivals', () => {
  it('are evenly spaced from 0 on, and do not drift', () => {
    const times = take(arrivals('constant', 3, seeded(1)), 3_000_001)
    expect(times.slice(0, 3).map((time) => time.toFixed(3))).toEqual(['0.000', '333.333', '666.667'])
    expect(times.at(-1)).toBeCloseTo(1e9, 5)
  })
})

describe('Poisson arrivals', () => {
  it('come at the rate', () => {
    const times = take(arrivals('poisson', 500, seeded(7)), 20_000)
    // The standard error of the mean gap of 2 ms is 0.014
    expect(Math.abs((times.at(-1) ?? 0) / 20_000 - 2)).toBeLessThan(0.05)
  })

  it('have exponential gaps', () => {
    const seeds = Array.from({length: 100}, (_, i) => i + 1)
    const odd = seeds.filter((seed) => {
      const found = gaps(take(arrivals('poisson', 500, seeded(seed)), 2000))
      return farthest(found, (gap) => 1 - Math.exp(-gap / 2)) > 1.36 / Math.sqrt(2000)
    })
    // The Kolmogorov-Smirnov test rejects 5 of 100 true samples by chance, with a standard deviation of 2.2
    expect(odd.length).toBeLessThan(13)
  })

  it('are independent: a short gap says nothing of the next', () => {
    const found = gaps(take(arrivals('poisson', 1000, seeded(3)), 20_000))
    const products = found.slice(1).map((gap, i) => (gap - 1) * (found[i] - 1))
    expect(Math.abs(products.reduce((sum, one) => sum + one) / products.length)).toBeLessThan(0.03)
  })

  it('are the same from the same seed', () => {
    const of = (seed: number) => take(arrivals('poisson', 10, seeded(seed)), 5)
    expect(of(1)).toEqual(of(1))
    expect(of(1)).not.toEqual(of(2))
  })

  it('are finite whatever the numbers are', () => {
    expect(
      take(
        arrivals('poisson', 10, () => 0.9999999999999999),
        3,
      ).every(Number.isFinite),
    ).toBe(true)
    expect(
      take(
        arrivals('poisson', 10, () => 0),
        3,
      ),
    ).toEqual([0, 0, 0])
  })
})
