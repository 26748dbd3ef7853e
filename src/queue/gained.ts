/** A counter at one moment; undefined if nobody has counted. */
export interface Counted {
  /** ms since 1970 by the clock of Redis. */
  atMs: number
  value: number | undefined
}

/** What a counter gained a second between two readings; null if nobody counts, or if it began again. */
export function gainedPerSecond(before: Counted | undefined, now: Counted | undefined): number | null {
  const seconds = before && now ? (now.atMs - before.atMs) / 1000 : 0
  const more = (now?.value ?? Number.NaN) - (before?.value ?? 0)
  return seconds > 0 && more >= 0 ? more / seconds : null
}
