import type {CanaryResult} from './canary.ts'

/** What a replay did: matched = replayed + waiting + failing + unknown + gone */
export interface ReplayResult {
  /** Dead letters read so far that match the filter. */
  matched: number
  /** Items put back into the queue or, in a dry run, that would be. */
  replayed: number
  /** Skipped: an identical item is queued already. */
  waiting: number
  /** Skipped: they would fail again. */
  failing: number
  /** Skipped: they could not be judged. */
  unknown: number
  /** Removed by someone else meanwhile. */
  gone: number
  /** Skipped and not counted as matched: they arrived after this began, or have the time of a clock that is ahead. */
  later: number
  /** Null if there was none or it was interrupted. */
  canary: CanaryResult | null
  /** The canary failed too often or timed out; nothing else was replayed. */
  aborted: boolean
  /** Someone stopped it; running it again continues. */
  interrupted: boolean
  /** Dead letters of the queue afterwards. */
  remaining: number
  seconds: number
  itemsPerSecond: number
}
