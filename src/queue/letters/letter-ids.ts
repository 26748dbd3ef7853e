import {type ScoreRange, timedRanges, untimedRanges} from './letter-time.ts'

/** Ids of qtool's own letters hold the time, the lease, and the place in it. */
const OWN_ID = /^([0-9a-z]{8})-[0-9a-f]{8}-.*:\d/

/** Ids of other programs' letters are made of their time, if the score is one, and a hash of their bytes. */
const FOREIGN_ID = /^([0-9a-z]{8})-[0-9a-f]{16}$/
const UNTIMED_ID = /^[0-9a-f]{16}$/

/** The ranges of scores at which letters with these ids are, lowest first; none for an id without a time. */
export function rangesOfIds(ids: Iterable<string>): ScoreRange[] {
  const ranges = [...ids].flatMap((id) => {
    const told = OWN_ID.exec(id) ?? FOREIGN_ID.exec(id)
    const ms = told ? Number.parseInt(told[1], 36) : Number.NaN
    return told ? timedRanges(ms, ms + 1) : []
  })
  ranges.sort((a, b) => a.from - b.from)
  const apart: ScoreRange[] = []
  for (const {from, until} of ranges) {
    const last = apart.at(-1)
    if (last && from <= last.until) last.until = Math.max(last.until, until)
    else apart.push({from, until})
  }
  return apart
}

/**
 * The ranges of scores at which the letters can be if they are not in `rangesOfIds`. The id of another program's
 * letter depends on its score; the id of qtool's own stays the same when somebody changes the score, and early ids
 * held no time.
 * @param all the ranges to read for an id without a time
 */
export function rangesBeside(ids: Iterable<string>, all: ScoreRange[]): ScoreRange[] {
  const left = [...ids].filter((id) => !FOREIGN_ID.test(id))
  if (left.length === 0) return []
  return left.every((id) => UNTIMED_ID.test(id)) ? untimedRanges() : all
}
