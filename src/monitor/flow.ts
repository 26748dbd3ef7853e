import {countSettled} from '../record/outcomes.ts'
import type {Reading} from './reading.ts'

/** The share of the variation that one ratio must explain. */
const EXPLAINED = 0.9

const LEAST_STEPS = 3
const LEAST_READINGS = 5
const BUSY_MS = 30_000

/**
 * Records in an item: the backlog counts items and the counters count records, and each item that comes or goes changes
 * both. Null if the two do not change together, as with producers that do not count.
 */
export function recordsPerItem(readings: readonly Reading[]): number | null {
  const last = readings.at(-1)
  if (!last || last.totals.enqueued === 0) return null
  const steps = readings.slice(1).map((one, i) => ({
    items: one.backlog - readings[i].backlog,
    records: net(one) - net(readings[i]),
  }))
  const sum = (of: (step: {items: number; records: number}) => number) =>
    steps.reduce((all, step) => all + of(step), 0)
  const [squares, products] = [sum(({items}) => items ** 2), sum(({items, records}) => items * records)]
  if (steps.filter(({items}) => items !== 0).length < LEAST_STEPS || products <= 0) return null
  const explained = products ** 2 / (squares * sum(({records}) => records ** 2))
  return explained >= EXPLAINED ? products / squares : null
}

/** Records that are in the queue by its counters, apart from a constant. */
function net({totals}: Reading): number {
  return totals.enqueued - countSettled(totals)
}

/** How many workers held a lease at the same time, on average of the last half minute; null after few readings. */
export function busyWorkers(readings: readonly Reading[]): number | null {
  const last = readings.at(-1)
  const recent = readings.filter(({atMs}) => last && last.atMs - atMs <= BUSY_MS)
  if (recent.length < LEAST_READINGS) return null
  return recent.reduce((sum, {held, workers}) => sum + Math.min(held, workers), 0) / recent.length
}
