export interface RebalanceOptions {
  /** New number of shards. */
  shards: number
  /** For a queue that is not spread yet. */
  shardBy?: string
  isStrict?: boolean
  /** How long to wait for leases that workers hold, ms. */
  waitMs: number
  signal: AbortSignal
  /** @param read items and letters that were looked at, wherever they belong */
  onProgress(moved: Rebalanced, read: number): void
}

/** Items and dead letters in other shards, or moved to them. */
export interface Rebalanced {
  items: number
  deadLetters: number
}
