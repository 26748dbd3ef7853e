import {MAX_PRIORITY, PRIORITY_STEP} from './score.ts'

/** No score of qtool holds an earlier time: 2020-01-01. */
const EARLIEST_MS = 1_577_836_800_000

/** A producer's clock may be ahead, but not by more. */
const AHEAD_MS = 86_400_000

/** What the score of a ready item says. */
export interface ScoreReading {
  /** Null where another program's score only looks like ours, or says nothing of a priority. */
  priority: number | null
  /** ms since 1970; undefined likewise. */
  enqueuedAt: number | undefined
}

/**
 * Reads a score as `priority × PRIORITY_STEP + ms`, where it surely is one: its time must be one at which an item can
 * have been enqueued. A time in microseconds may pass for priorities 158 to 180, so that what can be both is neither.
 * @param nowMs by the clock of Redis, ms since 1970
 */
export function readScore(score: number, nowMs: number): ScoreReading {
  const isTime = (ms: number) => ms >= EARLIEST_MS && ms <= nowMs + AHEAD_MS
  const priority = Math.floor(score / PRIORITY_STEP)
  const ms = score - priority * PRIORITY_STEP
  const isOurs = priority >= 0 && priority <= MAX_PRIORITY && isTime(ms) && !isTime(score / 1000)
  return isOurs ? {priority, enqueuedAt: ms} : {priority: null, enqueuedAt: undefined}
}
