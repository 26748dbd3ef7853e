import {expect, it} from 'vitest'
import {distributionOf} from '../../../src/bench/measure/distribution.ts'

it('names figures of seconds that happened, in whatever order they came', () => {
  const seconds = [50, 10, 90, 20, 100, 30, 60, 40, 80, 70]
  expect(distributionOf(seconds)).toEqual({p10: 10, p50: 50, p90: 90, min: 10, max: 100})
  expect(seconds[0]).toBe(50)
})

it('shows a single bad second as the least and not as the rule', () => {
  const seconds = Array.from({length: 60}, (_, i) => (i === 30 ? 0 : 1000))
  expect(distributionOf(seconds)).toEqual({p10: 1000, p50: 1000, p90: 1000, min: 0, max: 1000})
})

it('is that second with one second, and nothing with none', () => {
  expect(distributionOf([7])).toEqual({p10: 7, p50: 7, p90: 7, min: 7, max: 7})
  expect(distributionOf([])).toBeNull()
})
