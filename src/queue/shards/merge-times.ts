import type {FailureTimes} from '../letters/letter-span.ts'

/** The counts of several by the same names, the largest first. */
export function mergeCounts(all: Array<Record<string, number>>): Record<string, number> {
  const counts = new Map<string, number>()
  for (const one of all) {
    for (const [name, count] of Object.entries(one)) counts.set(name, (counts.get(name) ?? 0) + count)
  }
  return Object.fromEntries([...counts].sort((a, b) => b[1] - a[1]))
}

/** The times of several by the same names. */
export function mergeTimesBy(all: Array<Record<string, FailureTimes>>): Record<string, FailureTimes> {
  const names = new Set(all.flatMap((one) => Object.keys(one)))
  return Object.fromEntries(
    [...names].map((name) => [name, mergeTimes(all.flatMap((one) => one[name] ?? []))]),
  )
}

/** The first of the first and the last of the last; unknown if one of them is. */
export function mergeTimes(all: FailureTimes[]): FailureTimes {
  const first = utmost(
    all.map(({firstFailedAt: at, isFirstExact: isExact}) => ({at, isExact})),
    -1,
  )
  const last = utmost(
    all.map(({lastFailedAt: at, isLastExact: isExact}) => ({at, isExact})),
    1,
  )
  return {
    firstFailedAt: first.at,
    isFirstExact: first.isExact,
    lastFailedAt: last.at,
    isLastExact: last.isExact,
  }
}

/** The same for letters of other programs, if a shard has any. */
export function mergeForeignTimes(all: Array<FailureTimes | null>): FailureTimes | null {
  const known = all.filter((one) => one !== null)
  return known.length > 0 ? mergeTimes(known) : null
}

export function earliest(times: Array<string | null>): string | null {
  return times.filter((at) => at !== null).sort()[0] ?? null
}

export function latest(times: Array<string | null>): string | null {
  return (
    times
      .filter((at) => at !== null)
      .sort()
      .at(-1) ?? null
  )
}

/** @param side -1 for the earliest, 1 for the latest; of two at the same time the exact one */
function utmost(
  ends: Array<{at: string | null; isExact: boolean}>,
  side: -1 | 1,
): {at: string | null; isExact: boolean} {
  if (ends.some(({at}) => at === null)) return {at: null, isExact: false}
  const sorted = [...ends].sort((a, b) => {
    const order = (a.at ?? '').localeCompare(b.at ?? '') * side
    return order === 0 ? Number(a.isExact) - Number(b.isExact) : order
  })
  return sorted.at(-1) ?? {at: null, isExact: false}
}
