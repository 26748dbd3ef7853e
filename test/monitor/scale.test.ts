import {describe, expect, it} from 'vitest'
import {busyWorkers, recordsPerItem} from '../../src/monitor/flow.ts'
import type {Observation} from '../../src/monitor/observation.ts'
import {type ScaleOptions, scaleOf} from '../../src/monitor/scale.ts'
import {workerState} from '../support/worker-state.ts'
import {inspection, reading} from './readings.ts'

interface State {
  ready?: number
  leases?: number
  paused?: boolean
  workers?: number
  in?: number | null
  out?: number | null
  busy?: number | null
  perItem?: number | null
  forecast?: Observation['forecast']
}

/** 1,000 items in a queue that 4 busy workers drain at 400 records/s, while 100 records/s arrive. */
function scale(state: State, options: Partial<ScaleOptions> = {}) {
  const is = {
    ready: 1000,
    leases: 4,
    paused: false,
    workers: 4,
    in: 100,
    out: 400,
    busy: 4,
    perItem: 1,
    ...state,
  }
  const process = workerState('a', {workers: is.workers})
  const observation: Observation = {
    inspection: inspection({
      ready: is.ready,
      leases: is.leases,
      paused: is.paused,
      workers: is.workers > 0 ? [process] : [],
    }),
    rates: {in: is.in, out: is.out, deadLettered: 0},
    recordsPerItem: is.perItem,
    busyWorkers: is.busy,
    forecast: is.forecast ?? {state: 'unknown'},
    verdict: {level: 'ok', text: 'working', reason: ''},
  }
  return scaleOf(observation, {targetSeconds: 10, ...options})
}

it('wants as many workers as drain the backlog in time while records arrive', () => {
  // 1,000 items in 10 s and 100/s on top are 200/s; a worker does 100/s
  expect(scale({})).toEqual({
    queue: 'orders',
    backlog: 1000,
    inFlight: 0,
    arrivalRate: 100,
    perWorkerRate: 100,
    drainSeconds: null,
    wantedWorkers: 2,
  })
  expect(scale({}, {targetSeconds: 1}).wantedWorkers).toBe(11)
})

it('counts the records of a backlog of envelopes', () => {
  expect(scale({perItem: 9}).wantedWorkers).toBe(10)
})

it('measures a worker by the time in which it had a lease', () => {
  expect(scale({busy: 1, out: 100, workers: 50})).toMatchObject({perWorkerRate: 100, wantedWorkers: 2})
})

it('keeps the present number where too little is known', () => {
  for (const unknown of [{in: null}, {out: null}, {busy: null}, {perItem: null}, {out: 0}, {busy: 0.1}]) {
    expect(scale({...unknown, workers: 7})).toMatchObject({wantedWorkers: 7})
  }
  expect(scale({paused: true, workers: 7}).wantedWorkers).toBe(7)
})

it('wants one worker at least while items wait or leases are open, and none without both', () => {
  const nobody = {workers: 0, busy: 0, out: 0, in: 0}
  expect(scale({...nobody, ready: 1, leases: 0}).wantedWorkers).toBe(1)
  expect(scale({...nobody, ready: 0, leases: 1}).wantedWorkers).toBe(1)
  expect(scale({...nobody, ready: 0, leases: 0, workers: 5}).wantedWorkers).toBe(0)
  expect(scale({...nobody, ready: 9, leases: 0, paused: true}).wantedWorkers).toBe(0)
})

it('takes the time to drain from the forecast', () => {
  expect(scale({forecast: {state: 'clears', seconds: 12, marginSeconds: 2}}).drainSeconds).toBe(12)
  expect(scale({forecast: {state: 'empty'}}).drainSeconds).toBe(0)
  expect(scale({forecast: {state: 'grows', perSecond: 1}}).drainSeconds).toBeNull()
})

describe('a curve', () => {
  it('is scaled to what was measured, and asks for more workers where it flattens', () => {
    // Half as fast again with each doubling: 4 workers 400/s, so 8 do 600/s and 16 do 900/s
    const curve = (workers: number) => 1.5 ** Math.log2(workers)
    expect(scale({in: 590}, {curve, targetSeconds: 1e6}).wantedWorkers).toBe(8)
    expect(scale({in: 890}, {curve, targetSeconds: 1e6}).wantedWorkers).toBe(16)
  })

  it('is not followed beyond its peak', () => {
    const curve = (workers: number) => workers * (12 - workers)
    expect(scale({in: 1e6}, {curve}).wantedWorkers).toBe(6)
  })
})

describe('records in an item', () => {
  it('follow from how the backlog and the counters change together', () => {
    const readings = [0, 3, 10, 4, 9].map((items, i) =>
      reading({atMs: i * 1000, backlog: 50 + items, totals: {enqueued: 7 * (items + i), inserted: 7 * i}}),
    )
    expect(recordsPerItem(readings)).toBeCloseTo(7)
  })

  it('are unknown if items come that nobody counted, or if nothing changes', () => {
    const uncounted = [0, 60, 10, 140, 90].map((items, i) =>
      reading({
        atMs: i * 1000,
        backlog: 500 + items,
        totals: {enqueued: 500, inserted: [200, 150, 190, 145, 160][i]},
      }),
    )
    expect(recordsPerItem(uncounted)).toBeNull()
    expect(recordsPerItem(uncounted.map((one) => ({...one, backlog: 5})))).toBeNull()
  })
})

it('counts a worker as busy while it holds a lease', () => {
  const held = [2, 0, 4, 9, 1]
  const readings = held.map((leases, i) => reading({atMs: i * 1000, held: leases, workers: 4}))
  expect(busyWorkers(readings)).toBe((2 + 0 + 4 + 4 + 1) / 5)
  expect(busyWorkers(readings.slice(1))).toBeNull()
})
