import type {ChunkTracing, EnqueueMode} from '../queue/producer.ts'
import type {Flight, Reject} from '../source/source.ts'
import type {InputPosition} from './input-position.ts'

export interface LoadOptions {
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
  /** Whether the source is a pipe: then what was read does not wait for a chunk or an envelope to be full. */
  isLive?: boolean
  /**
   * Stops reading; what is under way is finished, unless Redis is unreachable. Of a source that is known to be no pipe,
   * a rate or a depth leaves the rest unread.
   */
  signal: AbortSignal
  /** Traces some of the chunks. */
  tracing?: ChunkTracing
  onFlights: (flights: Flight[]) => Promise<void>
  onReject: (reject: Reject) => Promise<void> | void
  onProgress?: (result: LoadResult) => void
  /** Kept up to date with what is read and sent. */
  position?: InputPosition
  onWait?: (depth: number, maxDepth: number) => void
  /** Called with a warning about a setting that this user of Redis may not read, and the value that it must have. */
  onUnchecked?: (text: string) => void
  /**
   * Called when Redis becomes unreachable, and when it is back. With it, loading waits for Redis without end; without
   * it, only as long as the connection allows.
   */
  onOutage?: (text: string) => void
}

/** How a producer that is open already is given records: it has its priority. */
export type FeedOptions = Omit<LoadOptions, 'priority'>

/** Counts of records, except `items`: read = enqueued + duplicates + rejected + unconfirmed + unsent. */
export interface LoadResult {
  read: number
  enqueued: number
  duplicates: number
  rejected: number
  /** In Redis, but not confirmed as --durability asks: a failover may lose them. */
  unconfirmed: number
  /**
   * Read, but not confirmed by Redis: 0 unless reading ended early. Up to four chunks of them may have arrived, if
   * only the reply was lost.
   */
  unsent: number
  /** Members added to the queue; fewer than `enqueued` with envelopes. */
  items: number
  rejectedByCode: Record<string, number>
}

export function emptyResult(): LoadResult {
  const none = {read: 0, enqueued: 0, duplicates: 0, rejected: 0, unconfirmed: 0, unsent: 0}
  return {...none, items: 0, rejectedByCode: {}}
}
