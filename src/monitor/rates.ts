import {gainedPerSecond} from '../queue/gained.ts'
import type {QueueInspection} from '../queue/inspect.ts'
import {countSettled} from '../record/outcomes.ts'
import type {Rates} from './observation.ts'
import {type Reading, within} from './reading.ts'

/** Rates are means over this time, ms: leases are settled at once, so that shorter times show steps. */
const WINDOW_MS = 10_000

type Totals = QueueInspection['totals']

/** @param readings oldest first */
export function ratesOf(readings: readonly Reading[]): Rates {
  const recent = within(readings, WINDOW_MS)
  const last = recent.at(-1)
  const isLoaded = last !== undefined && last.totals.enqueued > 0
  const isDrained = last !== undefined && countSettled(last.totals) > 0
  return {
    in: isLoaded ? rate(recent, ({enqueued}) => enqueued) : null,
    out: isDrained ? rate(recent, countSettled) : null,
    deadLettered: isDrained ? rate(recent, ({deadLettered}) => deadLettered) : null,
  }
}

/** From where the counter last began again. */
function rate(readings: readonly Reading[], counter: (totals: Totals) => number): number | null {
  const values = readings.map(({atMs, totals}) => ({atMs, value: counter(totals)}))
  const began = values.findLastIndex(({value}, i) => i > 0 && value < values[i - 1].value)
  return gainedPerSecond(values.at(Math.max(0, began)), values.at(-1))
}
