import type {Move, ShardMap} from './shard-map.ts'

/** How a queue is spread over shards, and what is in each of them. */
export interface Spread {
  /** Shards over which producers spread items. */
  shards: number
  /** Field that decides; null for the whole item. */
  shardBy: string | null
  /** A rebalance that has begun and not ended. */
  move: Move | null
  /** The queue's own name first, then its shards, including retired ones. */
  each: ShardHolding[]
}

export interface ShardHolding {
  queue: string
  /** Producers of qtool do not write to it any more; so it is with the queue's own name. */
  isRetired: boolean
  ready: number
  leased: number
  deadLetters: number
}

/** @param all what each holds, the queue's own name first */
export function spreadOf(
  {shards, shardBy, move}: ShardMap,
  all: ReadonlyArray<Omit<ShardHolding, 'isRetired'>>,
): Spread {
  return {
    shards,
    shardBy: shardBy ?? null,
    move: move ?? null,
    each: all.map(({queue, ready, leased, deadLetters}, shard) => ({
      ...{queue, isRetired: isRetired(shard, shards), ready, leased, deadLetters},
    })),
  }
}

/** @param shard 0 for the queue's own name @param shards over which producers spread items */
export function isRetired(shard: number, shards: number): boolean {
  return shard === 0 ? shards > 0 : shard > shards
}

/** Items of the fullest shard over those of an even spread; null without items. */
export function skewOf(each: ReadonlyArray<{isRetired: boolean; ready: number | null}>): number | null {
  const all = each.reduce((sum, {ready}) => sum + (ready ?? 0), 0)
  const active = each.filter((one) => !one.isRetired)
  if (all === 0 || active.length === 0) return null
  return Math.max(...active.map(({ready}) => ready ?? 0)) / (all / active.length)
}
