import type {CanaryResult} from './canary.ts'

/** What a replay did: matched = replayed + waiting + failing + unknown + gone */
export interface ReplayResult {
  /** Dead letters that the filter means, of those it came to. */
  matched: number
  /** Items put back into the queue; of a dry run, that would be. */
  replayed: number
  /** Skipped: an identical item is queued already. */
  waiting: number
  /** Skipped: they would fail again. */
  failing: number
  /** Skipped: nobody can say whether they would be written. */
  unknown: number
  /** Removed by someone else meanwhile. */
  gone: number
  /** Skipped and not counted as matched: they came in after this began, or bear the time of a clock that is ahead. */
  later: number
  /** Null where there was none, or it was interrupted. */
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
