/**
 * Units in which programs write the time into a score, distinguished by magnitude: each range is 2001-09-09 to
 * 2286-11-20. The service that preceded qtool writes seconds, qtool milliseconds.
 */
const UNITS = [
  {from: 1e9, until: 1e10, perMs: 1e-3},
  {from: 1e12, until: 1e13, perMs: 1},
  {from: 1e15, until: 1e16, perMs: 1e3},
  {from: 1e18, until: 1e19, perMs: 1e6},
]

/** When a letter with this score failed, ms since 1970; NaN if the score is not a time. */
export function failedMs(score: number): number {
  const unit = UNITS.find(({from, until}) => score >= from && score < until)
  return unit ? score / unit.perMs : Number.NaN
}

/**
 * Whether a letter with this score failed after `ms`, because it came in later or because a clock was ahead. False if
 * the score is not a time.
 */
export function failedAfter(score: number, ms: number): boolean {
  return failedMs(score) > ms
}

/** The ranges of scores for which `failedAfter` holds, one per unit: above `from` and below `until`. */
export function laterRanges(ms: number): Array<{from: number; until: number}> {
  return UNITS.map(({from, until, perMs}) => ({from: Math.max(from, ms * perMs), until}))
}

/** Scores from `from` to below `until`; an infinite end is included. */
export interface ScoreRange {
  from: number
  until: number
}

/** The scores of qtool's own letters: ms since 1970. */
export const MS_RANGE: ScoreRange = {from: 1e12, until: 1e13}

/** How much a range is widened at each end: a time in a unit other than ms may have lost precision in a float64. */
const SLACK_MS = 1

/** The ranges of scores of letters that failed in this time, one per unit and slightly widened. */
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

/** The ranges of scores that are not times. */
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
