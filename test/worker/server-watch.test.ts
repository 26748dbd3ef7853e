import {afterEach, beforeEach, expect, it, vi} from 'vitest'
import type {ServerEvent, WorkEvent} from '../../src/worker/events.ts'
import {ServerWatch} from '../../src/worker/server-watch.ts'
import {Siblings} from '../../src/worker/siblings.ts'

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

/** Watches a Redis that is asked so often while it is away, and then is back. */
function outage(watch: ServerWatch, probes: number, error = new Error('away')) {
  watch.changed('redis', 'open', error)
  for (let i = 0; i < probes; i++) {
    vi.advanceTimersByTime(1000)
    watch.changed('redis', 'half-open', undefined)
    if (i < probes - 1) watch.changed('redis', 'open', error)
  }
  watch.changed('redis', 'closed', undefined)
}

const states = (told: WorkEvent[]) => told.map((event) => (event as ServerEvent).state)

it('tells each state of an outage once, and at its end how long it was', () => {
  const told: WorkEvent[] = []
  const watch = new ServerWatch((event) => told.push(event))
  outage(watch, 40)
  expect(states(told)).toEqual(['down', 'probing', 'back'])
  expect(told.at(-1)).toMatchObject({seconds: 40, probes: 40})
  outage(watch, 1)
  expect(states(told)).toEqual(['down', 'probing', 'back', 'down', 'probing', 'back'])
})

it('says nothing of a server that was never away', () => {
  const told: WorkEvent[] = []
  new ServerWatch((event) => told.push(event)).changed('redis', 'closed', undefined)
  expect(told).toEqual([])
})

it('several processes tell each state once, in whatever order they see it', () => {
  const told: WorkEvent[] = []
  const siblings = new Siblings((event) => told.push(event), {workers: 2, processes: 2})
  const watches = [0, 1].map(
    (process) => new ServerWatch((workEvent) => siblings.reported(process, {workEvent})),
  )
  const turn = (state: 'open' | 'half-open' | 'closed') => {
    for (const watch of watches)
      watch.changed('redis', state, state === 'open' ? new Error('away') : undefined)
  }
  for (const state of ['open', 'half-open', 'open', 'half-open', 'closed'] as const) turn(state)
  expect(states(told)).toEqual(['down', 'probing', 'back'])
})
