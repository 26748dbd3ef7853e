import type {Redis} from 'ioredis'
import {composeQueue} from '../../../src/queue/compose-queue.ts'
import type {QueueEngine} from '../../../src/queue/engine.ts'
import type {ShardMap} from '../../../src/queue/shards/shard-map.ts'
import {ShardSet} from '../../../src/queue/shards/shard-set.ts'
import {openShardedQueue} from '../../../src/queue/shards/sharded-queue.ts'
import {ZSET} from '../../../src/queue/zset/zset.ts'
import {queueKeys} from '../../../src/redis/keys.ts'
import {layoutOf} from '../../../src/redis/route.ts'
import type {EngineUnderTest} from '../conformance/tested-queue.ts'
import {ZSET_UNDER_TEST} from '../zset/under-test.ts'

/**
 * Opens a queue that is spread, without asking what Redis knows of it. The suite changes deadlines behind the back of the
 * queue, so by its clock a long time passes between two looks, and no shard is left alone because it was just empty.
 */
export function openSharded(redis: Redis, name: string, shape: Partial<ShardMap>): QueueEngine {
  const keys = queueKeys(name, layoutOf(redis))
  const {shards = 1, served = shards, shardBy, isStrict = false} = shape
  const map = {shards, served, epoch: 1, shardBy, by: shardBy?.split('.'), isStrict, move: undefined}
  const queue = composeQueue({redis, name, keys, engine: ZSET})
  let at = 0
  const clock = () => (at += 1000)
  return openShardedQueue(ShardSet.open(redis, {redis, keys, queue}, map), clock)
}

/**
 * A queue of which three shards are served, and to one of which producers write: what the suite looks at behind the back of
 * the queue is then in the keys of that shard, in the order that the suite expects. What is different with several shards is
 * tested beside this.
 */
export const SHARDED_UNDER_TEST: EngineUnderTest = {
  ...ZSET_UNDER_TEST,
  open: (redis, name) => openSharded(redis, name, {shards: 1, served: 3}),
  keysOf: (name, layout) => queueKeys(`${name}_shard_1`, layout),
}
