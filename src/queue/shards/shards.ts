import type {ShardMap} from './shard-map.ts'

/** The shards of a queue that is spread. */
export interface Shards {
  /** As it was last read. */
  readonly map: ShardMap
}
