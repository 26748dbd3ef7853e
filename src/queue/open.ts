import type {Redis} from 'ioredis'
import {type Durability, IN_MEMORY} from '../config/durability.ts'
import type {QueueAddress} from '../config/queue-said.ts'
import {SilentNodeError} from '../redis/cluster/silent-node.ts'
import {unlessDenied} from '../redis/denied.ts'
import {assertConfirms} from '../redis/durability.ts'
import {isElsewhere} from '../redis/failure.ts'
import {otherKey, queueKeys} from '../redis/keys.ts'
import {clientFor, keyspacesOf, layoutOf, readNear} from '../redis/route.ts'
import {composeQueue} from './compose-queue.ts'
import type {QueueEngine} from './engine.ts'
import {undirected} from './list/undirected.ts'
import {openedEarly} from './opened-early.ts'
import {resolveQueue} from './resolve.ts'
import {isShard} from './shards/is-shard.ts'
import {openShards} from './shards/open-shards.ts'
import {NOT_SPREAD, shardMapOf} from './shards/shard-map.ts'
import {ShardSet} from './shards/shard-set.ts'
import {openShardedQueue} from './shards/sharded-queue.ts'

/**
 * Opens a queue over the client that reaches its keys, which is closed together with `redis`: the only place outside
 * `redis` that knows its keys. A queue that is spread over shards is opened as one.
 * @throws QtoolError (usage) if it contradicts what was set, for an impossible name, and for a durability that the server
 * does not have
 */
export async function openQueue(
  redis: Redis,
  options: QueueAddress & {durability?: Durability},
): Promise<QueueEngine> {
  const {durability = IN_MEMORY, ...address} = options
  const own = await queueClient(redis, address)
  await assertConfirms(own, durability)
  const resolved = await resolveQueue(own, address)
  const {name, keys, home, isUndirected} = resolved
  const queue = composeQueue({...resolved, durability})
  const map = shardMapOf(name, home)
  const set = ShardSet.open(redis, {redis: own, keys, queue}, map ?? NOT_SPREAD, durability)
  if (map) return openShardedQueue(set)
  if (isUndirected) return undirected(queue, keys.ready, resolved.type !== 'none')
  const isUsual = queue.kind === 'zset' && otherKey(keys, name) === null
  const maySpread = isUsual && !(await isShard(redis, name))
  const open = () => openQueue(redis, options)
  if (!maySpread) return resolved.isEarly ? openedEarly(queue, {isEmpty: true, open}) : queue
  // A user who may not read how it is spread works on what is at its own name
  const isSpread = async () => ((await unlessDenied(set.refresh()))?.shards ?? 0) > 0
  return openedEarly({...queue, shards: openShards(set)}, {isEmpty: resolved.isEarly, isSpread, open})
}

/**
 * The client that reaches a queue, for those who ask its server how it is: on Cluster each queue has a node of its own.
 * It is closed together with `redis`. @throws QtoolError (usage) for an impossible name
 */
export function queueClient(redis: Redis, {name}: {name: string}): Promise<Redis> {
  return clientFor(redis, queueKeys(name, layoutOf(redis)).ready)
}

/**
 * Why the node of a queue cannot be asked now, found out sooner than by waiting for it; undefined if it answers, and for
 * one server.
 */
export async function nodeFault(redis: Redis, {name}: {name: string}): Promise<Error | undefined> {
  await keyspacesOf(redis)
  try {
    await readNear(redis, queueKeys(name, layoutOf(redis)).ready, async () => {})
    return undefined
  } catch (error) {
    if (error instanceof SilentNodeError || (error instanceof Error && isElsewhere(error))) return error
    throw error
  }
}
