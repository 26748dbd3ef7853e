import type {EnqueueMode} from '../queue/zset/enqueuer.ts'
import type {QueueKeys} from '../redis/keys.ts'
import type {Flight, Reject} from '../source/source.ts'

export interface LoadOptions {
  keys: QueueKeys
  mode: EnqueueMode
  /** Items of one chunk. */
  batch: number
  priority: number
  /** Records per second in all. */
  rate?: number
  /** Wait while the queue holds this many items. */
  maxDepth?: number
  /** Most records of one envelope. */
  group?: number
  /** Largest item; MAX_ITEM_BYTES unless given. */
  maxBytes?: number
  /** Path of the records in an envelope. */
  records: string
  /** Make each item different, so that repeats do not collapse. */
  keepDuplicates: boolean
  /** The source is a pipe: what was read does not wait for a chunk or an envelope to be full. */
  isLive?: boolean
  /** Stop reading; what is under way is finished, unless Redis is away. */
  signal: AbortSignal
  onFlights: (flights: Flight[]) => Promise<void>
  onReject: (reject: Reject) => Promise<void> | void
  onProgress?: (result: LoadResult) => void
  onWait?: (depth: number) => void
  /** Told what this user of Redis may not ask, and what it has to be. */
  onUnchecked?: (text: string) => void
  /**
   * Told that Redis is away, and that it is back. Whoever listens waits for it without end; else it is given up after as
   * long as its connection allows.
   */
  onOutage?: (text: string) => void
}

/** Counts of records, but for `items`: read = enqueued + duplicates + rejected + unsent. */
export interface LoadResult {
  read: number
  enqueued: number
  duplicates: number
  rejected: number
  /**
   * Read, but not confirmed by Redis: 0 unless reading ended early. Up to four chunks of them may have arrived, where
   * only the answer was lost.
   */
  unsent: number
  /** Members added to the queue; fewer than `enqueued` with envelopes. */
  items: number
  rejectedByCode: Record<string, number>
}

export function emptyResult(): LoadResult {
  return {read: 0, enqueued: 0, duplicates: 0, rejected: 0, unsent: 0, items: 0, rejectedByCode: {}}
}
