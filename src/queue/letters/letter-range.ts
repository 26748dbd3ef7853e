import type {LetterFilter} from './letter-filter.ts'
import {type ScoreRange, timedRanges, untimedRanges} from './letter-time.ts'

/**
 * The scores that a filter by time leaves, in the order in which letters are read: oldest first, and those whose time
 * nobody knows behind all others. Redis finds its way there without reading the rest. A little wide: `failedInTime`
 * judges each score.
 */
export function scoreRanges({sinceMs, beforeMs}: LetterFilter): ScoreRange[] {
  if (sinceMs === undefined && beforeMs === undefined) return [...timedRanges(), ...untimedRanges()]
  return timedRanges(sinceMs, beforeMs)
}

/** As Redis reads it. */
export function scoreText(score: number): string {
  if (Number.isFinite(score)) return String(score)
  return score > 0 ? '+inf' : '-inf'
}

/** As Redis writes it; Number knows no `inf`. */
export function parseScore(text: string): number {
  if (text === 'inf') return Number.POSITIVE_INFINITY
  return text === '-inf' ? Number.NEGATIVE_INFINITY : Number(text)
}
