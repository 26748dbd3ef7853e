import type {LetterFilter} from './letter-filter.ts'
import {type ScoreRange, timedRanges, untimedRanges} from './letter-time.ts'

/**
 * The ranges of scores that a filter by time selects, in the order in which letters are read: oldest first, and those
 * without a known time last. Redis finds them without reading the rest. The ranges are slightly too wide:
 * `failedInTime` checks each score.
 */
export function scoreRanges({sinceMs, beforeMs}: LetterFilter): ScoreRange[] {
  if (sinceMs === undefined && beforeMs === undefined) return [...timedRanges(), ...untimedRanges()]
  return timedRanges(sinceMs, beforeMs)
}

/** A score as Redis reads it. */
export function scoreText(score: number): string {
  if (Number.isFinite(score)) return String(score)
  return score > 0 ? '+inf' : '-inf'
}

/** Parses a score as Redis writes it; Number does not accept `inf`. */
export function parseScore(text: string): number {
  if (text === 'inf') return Number.POSITIVE_INFINITY
  return text === '-inf' ? Number.NEGATIVE_INFINITY : Number(text)
}
