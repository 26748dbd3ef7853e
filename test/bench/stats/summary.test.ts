import {describe, expect, it} from 'vitest'
import {deviation, mean, median, quantile, relativeHalfWidth} from '../../../src/bench/stats/summary.ts'

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

describe('deviation', () => {
  it('is that of a sample', () => {
    expect(mean([2, 4, 4, 4, 5, 5, 7, 9])).toBe(5)
    expect(deviation([2, 4, 4, 4, 5, 5, 7, 9])).toBeCloseTo(Math.sqrt(32 / 7), 12)
  })

  it('cannot be told of one value', () => {
    expect(deviation([1])).toBeNaN()
  })
})

describe('relativeHalfWidth', () => {
  it('is t times the standard error, as a share of the mean', () => {
    // mean 10, standard error 1/√3, t(0.975, 2) = 4.302653
    expect(relativeHalfWidth([9, 10, 11])).toBeCloseTo(4.302653 / Math.sqrt(3) / 10, 6)
    expect(relativeHalfWidth([9, 10, 11], 0.99)).toBeCloseTo(9.924843 / Math.sqrt(3) / 10, 6)
  })

  it('is the same above and below zero', () => {
    expect(relativeHalfWidth([-9, -10, -11])).toEqual(relativeHalfWidth([9, 10, 11]))
  })

  it.each([[[]], [[5]], [[-1, 1]]])('cannot be told of %j', (values: number[]) => {
    expect(relativeHalfWidth(values)).toBeNull()
  })
})
