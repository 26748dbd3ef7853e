import type {ItemTimes} from '../kinds.ts'
import {MAX_PRIORITY, PRIORITY_STEP} from './score.ts'

/** 2020-01-01: no score that qtool wrote holds an earlier time. */
const EARLIEST_MS = 1_577_836_800_000

/** How far a producer's clock may be ahead. */
const AHEAD_MS = 86_400_000

/**
 * Reads a score as `priority × PRIORITY_STEP + ms`, if it surely is one: its time must be one at which an item can
 * have been enqueued. A time in microseconds can look like priorities 158 to 180, so a score that can be both is read
 * as neither.
 * @param nowMs by the clock of Redis, ms since 1970
 */
export function readScore(score: number, nowMs: number): ItemTimes {
  const isTime = (ms: number) => ms >= EARLIEST_MS && ms <= nowMs + AHEAD_MS
  const priority = Math.floor(score / PRIORITY_STEP)
  const ms = score - priority * PRIORITY_STEP
  const isOurs = priority >= 0 && priority <= MAX_PRIORITY && isTime(ms) && !isTime(score / 1000)
  return isOurs ? {priority, enqueuedAt: ms} : {priority: null, enqueuedAt: undefined}
}
