/**
 * Units in which programs write the time into a score, told apart by size: each range is 2001-09-09 to 2286-11-20.
 * The service before qtool writes seconds, qtool milliseconds.
 */
const UNITS = [
  {from: 1e9, until: 1e10, perMs: 1e-3},
  {from: 1e12, until: 1e13, perMs: 1},
  {from: 1e15, until: 1e16, perMs: 1e3},
  {from: 1e18, until: 1e19, perMs: 1e6},
]

/** When a letter with this score failed, ms since 1970; NaN where the score is no time. */
export function failedMs(score: number): number {
  const unit = UNITS.find(({from, until}) => score >= from && score < until)
  return unit ? score / unit.perMs : Number.NaN
}

/**
 * Whether it failed after a moment: while somebody is at work on the letters, or by a clock that is ahead. A score
 * that is no time says nothing about that.
 */
export function failedAfter(score: number, ms: number): boolean {
  return failedMs(score) > ms
}

/** The scores above `from` and below `until` of letters for which `failedAfter` holds, unit by unit. */
export function laterRanges(ms: number): Array<{from: number; until: number}> {
  return UNITS.map(({from, until, perMs}) => ({from: Math.max(from, ms * perMs), until}))
}

/** Scores from `from`, and below `until`; an infinite end is within. */
export interface ScoreRange {
  from: number
  until: number
}

/** How wide a range is made at its ends: a time in another unit than ours may have lost something to its float64. */
const SLACK_MS = 1

/** The scores of letters that failed in this time, which is widened a little, unit by unit. */
export function timedRanges(
  sinceMs = Number.NEGATIVE_INFINITY,
  beforeMs = Number.POSITIVE_INFINITY,
): ScoreRange[] {
  return UNITS.map(({from, until, perMs}) => {
    const slack = perMs === 1 ? 0 : SLACK_MS
    return {
      from: Math.max(from, (sinceMs - slack) * perMs),
      until: Math.min(until, (beforeMs + slack) * perMs),
    }
  }).filter(({from, until}) => from < until)
}

/** The scores that are no time. */
export function untimedRanges(): ScoreRange[] {
  const ends = [
    Number.NEGATIVE_INFINITY,
    ...UNITS.flatMap(({from, until}) => [from, until]),
    Number.POSITIVE_INFINITY,
  ]
  return UNITS.map((_, i) => i)
    .concat(UNITS.length)
    .map((i) => ({from: ends[2 * i], until: ends[2 * i + 1]}))
}
