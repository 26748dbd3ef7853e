import type {Rebalanced, RebalanceOptions} from './moving/rebalance-options.ts'
import type {ShardMap} from './shard-map.ts'

/** The shards of a queue, which has none if it is not spread. */
export interface Shards {
  /** As it was last read. */
  readonly map: ShardMap
  /** What each of them holds, with rates over a second. */
  status(): Promise<ShardsStatus>
  /** How much there is in all of them: a rebalance reads it, and moves most of it. */
  count(): Promise<Rebalanced>
  /** Spreads it over another number of shards; see moving/rebalance.ts. */
  rebalance(options: RebalanceOptions): Promise<Rebalanced>
}

export interface ShardsStatus {
  queue: string
  /** Shards over which producers spread items; 0 if it is not spread. */
  shards: number
  /** Field that decides; null for the whole item. */
  shardBy: string | null
  order: 'free' | 'strict'
  /** A rebalance has begun and not ended. */
  isMoving: boolean
  /** Items of the fullest shard over those of an even spread; null without items. */
  skew: number | null
  each: ShardStatus[]
}

export interface ShardStatus {
  /** 0 for the queue's own name. */
  shard: number
  queue: string
  /** Given up by a rebalance, or the queue's own name: producers of qtool do not write to it any more. */
  isRetired: boolean
  ready: number | null
  leased: number | null
  deadLetters: number | null
  /** On their way to other shards. */
  moving: number
  oldestMs: number | null
  paused: boolean | null
  inPerSecond: number | null
  outPerSecond: number | null
  /** Of all ready items, 0 to 1; null if there are none. */
  share: number | null
  /** Null unless it is on a cluster. */
  slot: number | null
  /** Host and port of its server; null if there is no connection. */
  node: string | null
  /** Why it has no figures; null if it has them. */
  problem: string | null
}
