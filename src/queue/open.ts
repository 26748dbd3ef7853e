import type {Redis} from 'ioredis'
import {type Durability, IN_MEMORY} from '../config/durability.ts'
import {assertConfirms} from '../redis/durability.ts'
import {queueKeys} from '../redis/keys.ts'
import {clientFor, layoutOf} from '../redis/route.ts'
import {composeQueue} from './compose-queue.ts'
import type {QueueEngine} from './engine.ts'
import {readHome} from './home.ts'
import {shardMapOf} from './shards/shard-map.ts'
import {ShardSet} from './shards/shard-set.ts'
import {openShardedQueue} from './shards/sharded-queue.ts'
import {ZSET} from './zset/zset.ts'

/**
 * Opens a queue over the client that reaches its keys, which is closed together with `redis`: the only place outside
 * `redis` that knows its keys. A queue that is spread over shards is opened as one.
 * @throws QtoolError (usage) for an impossible name, and for a durability that the server does not have
 */
export async function openQueue(
  redis: Redis,
  {name, durability = IN_MEMORY}: {name: string; durability?: Durability},
): Promise<QueueEngine> {
  const keys = queueKeys(name, layoutOf(redis))
  const own = await clientFor(redis, keys.ready)
  await assertConfirms(own, durability)
  const queue = composeQueue({redis: own, name, keys, engine: ZSET, durability})
  const map = shardMapOf(name, await readHome(own, keys))
  return map ? openShardedQueue(ShardSet.open(redis, {redis: own, keys, queue}, map, durability)) : queue
}

/**
 * The client that reaches a queue, for those who ask its server how it is: on Cluster each queue has a node of its own.
 * It is closed together with `redis`. @throws QtoolError (usage) for an impossible name
 */
export function queueClient(redis: Redis, {name}: {name: string}): Promise<Redis> {
  return clientFor(redis, queueKeys(name, layoutOf(redis)).ready)
}
