import {afterEach, beforeEach, expect, it, vi} from 'vitest'
import {RecordRate} from '../../src/worker/record-rate.ts'

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

it('is 0 at first, then that of the time since the last reading', () => {
  const rate = new RecordRate()
  rate.add(500)
  expect(rate.read()).toBe(0)
  vi.advanceTimersByTime(2000)
  rate.add(500)
  expect(rate.read()).toBe(500)
  vi.advanceTimersByTime(5000)
  expect(rate.read()).toBe(0)
})

it('stays as it was for a second, and loses no record of it', () => {
  const rate = new RecordRate()
  vi.advanceTimersByTime(1000)
  rate.add(7)
  expect(rate.read()).toBe(7)
  vi.advanceTimersByTime(500)
  rate.add(30)
  expect(rate.read()).toBe(7)
  vi.advanceTimersByTime(500)
  expect(rate.read()).toBe(30)
})
