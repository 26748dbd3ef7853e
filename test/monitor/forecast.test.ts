import {describe, expect, it} from 'vitest'
import {forecastOf} from '../../src/monitor/forecast.ts'
import type {Reading} from '../../src/monitor/reading.ts'
import {reading} from './readings.ts'
import {SimulatedQueue} from './simulated-queue.ts'

/** Readings a second apart with these backlogs. */
const readings = (backlogs: number[], fields: Parameters<typeof reading>[0] = {}) =>
  backlogs.map((backlog, i) => reading({atMs: i * 1000, backlog, ...fields}))

const falling = (from: number, perSecond: number, seconds: number) =>
  Array.from({length: seconds}, (_, i) => from - perSecond * i)

describe('states', () => {
  it('is unknown without readings, and with few of them', () => {
    expect(forecastOf([])).toEqual({state: 'unknown'})
    expect(forecastOf(readings([40, 30, 20, 10]))).toEqual({state: 'unknown'})
  })

  it('is empty with no item, be the queue paused or not', () => {
    expect(forecastOf(readings([0], {paused: true}))).toEqual({state: 'empty'})
  })

  it('is paused while items wait', () => {
    expect(forecastOf(readings(falling(1000, 10, 20), {paused: true}))).toEqual({state: 'paused'})
  })

  it('is stalled once nothing has changed for 10 s', () => {
    expect(forecastOf(readings(falling(7, 0, 10)))).toEqual({state: 'unknown'})
    expect(forecastOf(readings(falling(7, 0, 11)))).toEqual({state: 'stalled'})
  })

  it('is not stalled if as many items come as go', () => {
    const steady = falling(7, 0, 20).map((backlog, i) =>
      reading({atMs: i * 1000, backlog, totals: {enqueued: 9 * i, inserted: 9 * i}}),
    )
    expect(forecastOf(steady)).toEqual({state: 'unknown'})
  })

  it('says how much the backlog grows, whatever the workers do', () => {
    const found = forecastOf(readings(falling(1000, -25, 20), {totals: {inserted: 1e6}}))
    expect(found).toEqual({state: 'grows', perSecond: expect.closeTo(25, 6)})
  })

  it('drains as fast as the backlog shrinks: 600 items at 20/s less are gone in 30 s', () => {
    const found = forecastOf(readings(falling(980, 20, 20)))
    expect(found).toEqual({
      state: 'clears',
      seconds: expect.closeTo(30, 6),
      marginSeconds: expect.any(Number),
    })
  })

  it('sees that a burst is over', () => {
    const burst = [...falling(0, 0, 3), ...falling(30_000, 500, 9)]
    expect(forecastOf(readings([1, ...burst.slice(1)]))).toMatchObject({
      state: 'clears',
      seconds: expect.closeTo(52, 6),
    })
    const lull = [...falling(30_000, 3000, 9), ...falling(6500, -900, 7)]
    expect(forecastOf(readings(lull))).toMatchObject({state: 'grows', perSecond: expect.closeTo(900, -2)})
  })

  it('says nothing shortly after a burst', () => {
    expect(forecastOf(readings([...falling(9, 0, 6), ...falling(30_000, 500, 4)]))).toEqual({
      state: 'unknown',
    })
  })

  it('forgets how it was before a worker came', () => {
    const before = readings(falling(5000, -100, 15), {workers: 1})
    const after = falling(6400, 200, 8).map((backlog, i) =>
      reading({atMs: (15 + i) * 1000, backlog, workers: 9}),
    )
    expect(forecastOf([...before, ...after])).toMatchObject({state: 'clears', seconds: expect.closeTo(25, 6)})
  })
})

/** Readings once a second. */
function watch(queue: SimulatedQueue, seconds: number): Reading[] {
  const all = [queue.read()]
  for (let i = 0; i < seconds && queue.backlog > 0; i++) {
    queue.run(1)
    all.push(queue.read())
  }
  return all
}

const RUNS = Array.from({length: 300}, (_, i) => i + 1)

describe('against a simulated queue', () => {
  it.each([
    ['that clears fast', {backlog: 40_000, arrivals: 50, workers: 4, leaseSize: 100, leaseSeconds: 0.5}],
    ['that barely clears', {backlog: 6000, arrivals: 85, workers: 10, leaseSize: 10, leaseSeconds: 1}],
    ['with rare, large leases', {backlog: 30_000, arrivals: 20, workers: 2, leaseSize: 500, leaseSeconds: 4}],
    ['with single items', {backlog: 900, arrivals: 4, workers: 8, leaseSize: 1, leaseSeconds: 1}],
  ])('%s is empty within the margin in 90 %% of the runs', (_, of) => {
    const hits = RUNS.flatMap((seed) => {
      const queue = new SimulatedQueue(seed, of)
      const found = forecastOf(watch(queue, 45))
      if (found.state !== 'clears') return []
      const before = queue.run(0)
      const real = queue.run(1e6) - before
      return [Math.abs(real - found.seconds) <= found.marginSeconds]
    })
    expect(hits.length).toBeGreaterThan(RUNS.length / 4)
    expect(hits.filter(Boolean).length / hits.length).toBeGreaterThanOrEqual(0.9)
  })

  it('that grows is hardly ever said to clear', () => {
    const of = {backlog: 5000, arrivals: 110, workers: 10, leaseSize: 10, leaseSeconds: 1}
    const states = RUNS.map((seed) => forecastOf(watch(new SimulatedQueue(seed, of), 45)).state)
    expect(states.filter((state) => state === 'clears').length).toBeLessThanOrEqual(0.05 * RUNS.length)
    expect(states.filter((state) => state === 'grows').length).toBeGreaterThan(0)
  })

  it('that stays as it is is seldom said to change', () => {
    const of = {backlog: 5000, arrivals: 100, workers: 10, leaseSize: 10, leaseSeconds: 1}
    const states = RUNS.map((seed) => forecastOf(watch(new SimulatedQueue(seed, of), 45)).state)
    expect(states.filter((state) => state === 'unknown').length).toBeGreaterThanOrEqual(0.87 * RUNS.length)
  })
})
