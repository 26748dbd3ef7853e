import {afterEach, beforeEach, expect, it, vi} from 'vitest'
import type {Progress, WorkEvent} from '../../src/worker/events.ts'
import {Meter} from '../../src/worker/meter.ts'

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

/** A meter of workers that a test lets work. */
function metered(depth = async () => 0) {
  const counts = {
    items: 0,
    inserted: 0,
    alreadyThere: 0,
    updated: 0,
    superseded: 0,
    deleted: 0,
    alreadyGone: 0,
    suppressed: 0,
    deadLettered: 0,
    tables: {},
  }
  const seen: Progress[] = []
  const told: WorkEvent[] = []
  const meter = new Meter({
    counts: () => counts,
    depth,
    onProgress: (progress) => seen.push(progress),
    tell: (event) => told.push(event),
  })
  /** Passes `seconds`, each with so many items of two records, one of them bad. */
  const work = async (seconds: number, items: number) => {
    for (let second = 0; second < seconds; second++) {
      counts.items += items
      counts.inserted += items
      counts.deadLettered += items
      await vi.advanceTimersByTimeAsync(1000)
    }
  }
  return {meter, seen, told, work, last: () => seen[seen.length - 1]}
}

/** The last line of a minute. */
const lineOf = (told: WorkEvent[]) => told.findLast((event) => event.event === 'progress')

it('tells the rate of the last ten seconds, not that since the start', async () => {
  const {meter, told, work} = metered()
  await work(55, 100)
  await work(5, 0)
  expect(lineOf(told)).toMatchObject({items: 5500, inserted: 5500, deadLettered: 5500, recordsPerSecond: 100})
  await work(60, 0)
  expect(lineOf(told)).toMatchObject({items: 5500, recordsPerSecond: 0, leftMs: null})
  meter.stop()
})

it('tells how long the items that wait will take, and nothing of them while Redis does not answer', async () => {
  let depth = async () => 3000
  const {meter, told, last, work} = metered(() => depth())
  await work(60, 50)
  expect(last()).toMatchObject({ready: 3000})
  expect(lineOf(told)).toMatchObject({ready: 3000, leftMs: 60_000})
  depth = async () => Promise.reject(new Error('away'))
  await work(60, 50)
  expect(last()).toMatchObject({ready: null})
  expect(lineOf(told)).toMatchObject({ready: null, leftMs: null})
  meter.stop()
})

it('tells once a minute what was done in it', async () => {
  const {meter, told, work} = metered()
  await work(59, 1)
  expect(told).toEqual([])
  await work(61, 2)
  meter.stop()
  const lines = told.map((event) => event.event === 'progress' && event.lastMinute)
  expect(lines).toEqual([
    {records: 2 * 61, deadLettered: 61},
    {records: 2 * 120, deadLettered: 120},
  ])
})

it('shows at the end what was done since the last second', async () => {
  const {meter, seen, work} = metered()
  await work(1, 1)
  const before = seen.length
  meter.stop()
  expect(seen).toHaveLength(before + 1)
  await work(5, 1)
  expect(seen).toHaveLength(before + 1)
})
