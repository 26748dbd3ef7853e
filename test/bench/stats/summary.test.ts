import {describe, expect, it} from 'vitest'
import {mean, median, quantile} from '../../../src/bench/stats/summary.ts'

describe('quantile', () => {
  // numpy.quantile, which is type 7
  it.each([
    [0, 1],
    [0.1, 1.4],
    [0.25, 2],
    [0.5, 4],
    [0.9, 12.8],
    [1, 16],
  ])('is that of NumPy at %d', (q, value) => {
    expect(quantile([16, 1, 8, 2, 4], q)).toBeCloseTo(value, 12)
  })

  it('leaves its values as they are', () => {
    const values = [3, 1, 2]
    expect(median(values)).toBe(2)
    expect(values).toEqual([3, 1, 2])
  })

  it('lies between the two in the middle of an even number', () => {
    expect(median([10, 2, 30, 4])).toBe(7)
  })

  it('sorts numbers as numbers', () => {
    expect(median([100, 9, 10])).toBe(10)
  })

  it('stays infinite between infinite values', () => {
    expect(quantile([1, Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY], 0.75)).toBe(
      Number.POSITIVE_INFINITY,
    )
  })

  it('is no number of no values', () => {
    expect([median([]), mean([])]).toEqual([Number.NaN, Number.NaN])
  })
})
