import {countSettled} from '../record/outcomes.ts'
import {type Point, slopeOf, timeToZero} from './least-squares.ts'
import type {Forecast} from './observation.ts'
import {type Reading, within} from './reading.ts'

/** The change of the backlog is measured over this time, ms. */
const WINDOW_MS = 30_000

/** With fewer points, or over a shorter time, nothing is said. */
const LEAST_POINTS = 5
const LEAST_SECONDS = 3

/** Nothing has changed for at least this long if a queue is stalled, ms. */
const STALLED_MS = 10_000

/**
 * What will become of the backlog if it goes on to change as it did since workers last came, went or were paused. The
 * items drain as fast as the backlog shrinks, whatever the workers process: what comes in meanwhile is in that already.
 * @param readings oldest first
 */
export function forecastOf(readings: readonly Reading[]): Forecast {
  const last = readings.at(-1)
  if (!last) return {state: 'unknown'}
  if (last.backlog === 0) return {state: 'empty'}
  if (last.paused) return {state: 'paused'}
  const steady = sinceChange(within(readings, WINDOW_MS))
  const lengthMs = last.atMs - steady[0].atMs
  if (lengthMs >= STALLED_MS && steady.every((one) => isSame(one, last))) return {state: 'stalled'}
  return trendOf(steady.map(({atMs, backlog}) => [(atMs - last.atMs) / 1000, backlog]))
}

/** Whether a backlog that is not empty grows or clears. @param points backlogs, oldest first */
export function trendOf(points: readonly Point[]): Forecast {
  const [first, last] = [points.at(0), points.at(-1)]
  if (!first || !last || points.length < LEAST_POINTS || last[0] - first[0] < LEAST_SECONDS) {
    return {state: 'unknown'}
  }
  const change = slopeOf(points)
  const isClear = Math.abs(change.slope) > change.margin
  const now = slopeOf(points.slice(-RECENT))
  if (Math.abs(now.slope) > now.margin && !(isClear && now.slope * change.slope > 0)) {
    const since = sinceTurn(points, now.slope)
    return since.length < points.length ? trendOf(since) : {state: 'unknown'}
  }
  if (!isClear) return {state: 'unknown'}
  if (change.slope > 0) return {state: 'grows', perSecond: change.slope}
  const {seconds, margin} = timeToZero(last[1], change)
  return {state: 'clears', seconds, marginSeconds: margin}
}

/** Points that tell what the backlog does now: after a burst, that may be the opposite of what it did before. */
const RECENT = 4

/** The points from the highest one on if the backlog falls now, else from the lowest one on. */
function sinceTurn(points: readonly Point[], slopeNow: number): readonly Point[] {
  const values = points.map(([, value]) => -value * Math.sign(slopeNow))
  return points.slice(values.lastIndexOf(Math.max(...values)))
}

/** The readings since workers last came or went, or the queue was paused or resumed. */
function sinceChange(readings: readonly Reading[]): readonly Reading[] {
  const changed = readings.findLastIndex(
    ({workers, paused}, i) =>
      i > 0 && (workers !== readings[i - 1].workers || paused !== readings[i - 1].paused),
  )
  return readings.slice(Math.max(0, changed))
}

function isSame(one: Reading, last: Reading): boolean {
  return (
    one.backlog === last.backlog &&
    one.totals.enqueued === last.totals.enqueued &&
    countSettled(one.totals) === countSettled(last.totals)
  )
}
