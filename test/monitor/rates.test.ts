import {expect, it} from 'vitest'
import {ratesOf} from '../../src/monitor/rates.ts'
import {withReading} from '../../src/monitor/reading.ts'
import {reading} from './readings.ts'

/** Readings a second apart with these numbers of records put in. */
const enqueued = (counts: number[]) =>
  counts.map((count, i) => reading({atMs: i * 1000, totals: {enqueued: count}}))

it('has no rates until two readings are there', () => {
  expect(ratesOf([])).toEqual({in: null, out: null, deadLettered: null})
  expect(ratesOf(enqueued([5])).in).toBeNull()
})

it('counts whatever workers are done with as out', () => {
  const done = {inserted: 10, alreadyThere: 20, suppressed: 30, deadLettered: 40}
  const readings = [
    reading({atMs: 0, totals: {enqueued: 1}}),
    reading({atMs: 2000, totals: {...done, enqueued: 7}}),
  ]
  expect(ratesOf(readings)).toEqual({in: 3, out: 50, deadLettered: 20})
})

it('has no rate for what nobody has counted, and a rate of zero for what has stopped', () => {
  const readings = [0, 1000].map((atMs) => reading({atMs, totals: {inserted: 5}}))
  expect(ratesOf(readings)).toEqual({in: null, out: 0, deadLettered: 0})
})

it('is a mean over the last 10 s: a lease that is settled at once makes no step', () => {
  const counts = [0, 0, 0, 0, 0, 900, 900, 900, 900, 900, 1000, 1000]
  expect(ratesOf(enqueued(counts)).in).toBe(100)
})

it('takes the last two readings if they are further apart', () => {
  const readings = [0, 10_000, 50_000].map((atMs, i) => reading({atMs, totals: {enqueued: [1, 9, 89][i]}}))
  expect(ratesOf(readings).in).toBe(2)
})

it('is null where the counters began again, then counts from there, and is never negative', () => {
  expect(ratesOf(enqueued([100, 200, 3])).in).toBeNull()
  expect(ratesOf(enqueued([100, 200, 3, 8])).in).toBe(5)
})

it('begins again where the clock of Redis has gone back', () => {
  const readings = [5000, 6000, 1000].reduce(
    (all, atMs) => withReading(all, reading({atMs, totals: {enqueued: 10}})),
    [] as ReturnType<typeof withReading>,
  )
  expect(readings.map(({atMs}) => atMs)).toEqual([1000])
  expect(ratesOf(readings).in).toBeNull()
})
