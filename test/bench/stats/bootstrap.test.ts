import {describe, expect, it} from 'vitest'
import {bootstrapRatio} from '../../../src/bench/stats/bootstrap.ts'
import {Random} from '../../../src/bench/stats/random.ts'
import {noisy} from '../noise.ts'

describe('bootstrapRatio', () => {
  it('is the ratio of the medians, B over A', () => {
    const {ratio, low, high} = bootstrapRatio([90, 100, 110], [180, 200, 220], {seed: 1})
    expect(ratio).toBe(2)
    expect(low).toBeGreaterThan(1.5)
    expect(low).toBeLessThan(2)
    expect(high).toBeGreaterThan(2)
  })

  it('gives the same interval for the same seed, a slightly other one for another', () => {
    const random = new Random(5)
    const [a, b] = [noisy(random, 100, 0.05, 12), noisy(random, 100, 0.05, 12)]
    const first = bootstrapRatio(a, b, {seed: 1})
    expect(bootstrapRatio(a, b, {seed: 1})).toEqual(first)
    const second = bootstrapRatio(a, b, {seed: 2})
    expect(second.low).toBeCloseTo(first.low, 2)
    expect(second.high).toBeCloseTo(first.high, 2)
  })

  it('resamples a median of two as often as its distribution says', () => {
    // The median of a resample of {1, 2} is 1, 1.5 or 2 with probability 1/4, 1/2 and 1/4
    const of = (confidence: number) => bootstrapRatio([1], [1, 2], {seed: 3, confidence})
    expect(of(0.52)).toEqual({ratio: 1.5, low: 1, high: 2})
    expect(of(0.48)).toEqual({ratio: 1.5, low: 1.5, high: 1.5})
  })

  it('covers the true ratio about as often as it promises', () => {
    const random = new Random(11)
    let covered = 0
    for (let i = 0; i < 200; i++) {
      const {low, high} = bootstrapRatio(noisy(random, 100, 0.07, 12), noisy(random, 90, 0.07, 12), {seed: i})
      if (low <= 0.9 && high >= 0.9) covered++
    }
    // 95 % nominally; the percentile interval of a median is known to be a little too wide
    expect(covered / 200).toBeGreaterThanOrEqual(0.92)
  })

  it('is wider for more confidence', () => {
    const random = new Random(6)
    const [a, b] = [noisy(random, 100, 0.1, 15), noisy(random, 100, 0.1, 15)]
    const [narrow, wide] = [0.8, 0.99].map((confidence) => bootstrapRatio(a, b, {seed: 1, confidence}))
    expect(wide.high - wide.low).toBeGreaterThan(narrow.high - narrow.low)
  })

  it('counts nothing on both sides as no change, and something after nothing as infinite', () => {
    expect(bootstrapRatio([0, 0, 0], [0, 0, 0], {seed: 1})).toEqual({ratio: 1, low: 1, high: 1})
    expect(bootstrapRatio([0, 0, 0], [3, 3, 3], {seed: 1}).low).toBe(Number.POSITIVE_INFINITY)
  })
})
