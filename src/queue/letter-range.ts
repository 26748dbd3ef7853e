import {SECONDS_BELOW} from './letter.ts'
import type {LetterFilter} from './letter-filter.ts'

/** Scores from `from`, and below `until`; an infinite end is within. */
export interface ScoreRange {
  from: number
  until: number
}

/**
 * The scores that a filter by time leaves, lowest first: Redis finds its way there without reading the others. Two
 * ranges, since scores of the service before qtool are seconds. A little wide: `failedInTime` judges each score.
 */
export function scoreRanges({sinceMs, beforeMs}: LetterFilter): ScoreRange[] {
  if (sinceMs === undefined && beforeMs === undefined) {
    return [{from: Number.NEGATIVE_INFINITY, until: Number.POSITIVE_INFINITY}]
  }
  const since = sinceMs ?? Number.NEGATIVE_INFINITY
  const before = beforeMs ?? Number.POSITIVE_INFINITY
  const seconds = {from: (since - 1) / 1000, until: Math.min(SECONDS_BELOW, (before + 1) / 1000)}
  const ms = {from: Math.max(SECONDS_BELOW, since), until: before}
  return [seconds, ms].filter(({from, until}) => from < until)
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
