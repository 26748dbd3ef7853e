import type {QueueInspection} from '../queue/inspect.ts'

/** Records per second over the last seconds; null until two readings are there, or if nobody counts. */
export interface Rates {
  /** Put in by producers of qtool. */
  in: number | null
  /** Written, found already there, suppressed or dead-lettered. */
  out: number | null
  deadLettered: number | null
}

/**
 * What will become of the items that wait. It rests on how the backlog itself has changed, and not on the rate of the
 * workers: a queue that grows while they work does not clear.
 */
export type Forecast =
  | {state: 'empty'}
  /** It will be empty in `seconds`, give or take `marginSeconds` (90 % confidence). */
  | {state: 'clears'; seconds: number; marginSeconds: number}
  /** It grows by this many items a second, and will not drain. */
  | {state: 'grows'; perSecond: number}
  /** Items wait, and nothing changes. */
  | {state: 'stalled'}
  | {state: 'paused'}
  /** Too few readings, or they say nothing. */
  | {state: 'unknown'}

/** What somebody on call should know first. */
export interface Verdict {
  level: 'ok' | 'warning' | 'critical'
  /** A few words, e.g. `not draining`. */
  text: string
  /** Why, with its figures: one sentence without a period. */
  reason: string
}

/** What is known of a queue at one moment, and how it changes. */
export interface Observation {
  inspection: QueueInspection
  rates: Rates
  /** Records in an item, on average; null if they cannot be told, as when producers do not count theirs. */
  recordsPerItem: number | null
  /** How many of the workers had a lease at the same time, on average of the last half minute; null if unknown. */
  busyWorkers: number | null
  forecast: Forecast
  verdict: Verdict
}

/** One point of the charts: what a queue was at one moment. */
export interface Sample {
  /** ms since 1970 by the clock of Redis. */
  atMs: number
  ready: number
  leased: number
  deadLetters: number
  oldestMs: number | null
  in: number | null
  out: number | null
}
