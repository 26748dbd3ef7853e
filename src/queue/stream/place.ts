import type {ItemTimes} from '../kinds.ts'

/** The first moment that an id can mean, 2017: Redis had streams from then on. */
const EARLIEST_MS = Date.UTC(2017, 0)

/** How far the clocks of producers that choose ids themselves may be ahead. */
const AHEAD_MS = 24 * 3_600_000

/** @param place the time in the id of an entry; producers may choose ids that hold none */
export function timesOfEntry(place: number, nowMs: number): ItemTimes {
  const isTime = place >= EARLIEST_MS && place <= nowMs + AHEAD_MS
  return {priority: null, enqueuedAt: isTime ? place : undefined}
}
