import type {Redis} from 'ioredis'
import {addressOf, type Settings} from '../config/settings.ts'
import {usageError} from '../errors.ts'
import type {QueueEngine} from '../queue/engine.ts'
import {openQueue} from '../queue/open.ts'
import {spreadQueue} from '../queue/shards/spread-queue.ts'

/** The flags of `enqueue` that say how a new queue is spread, or that a spread one refuses. */
export interface SpreadFlags {
  group?: number
  shards?: number
  'shard-by'?: string
  'shard-order'?: 'free' | 'strict'
}

/**
 * Opens the queue; a new one is spread as the flags say.
 * @throws QtoolError (usage) if they contradict each other or what the queue is
 */
export async function openSpread(
  redis: Redis,
  {flags, settings}: {flags: SpreadFlags; settings: Settings},
): Promise<QueueEngine> {
  const {shards, 'shard-by': shardBy, 'shard-order': order, group} = flags
  const name = settings.queue.value
  const {engine, key, listPops} = addressOf(settings)
  if (
    shards !== undefined &&
    ((engine ?? 'zset') !== 'zset' || key !== undefined || listPops !== undefined)
  ) {
    throw usageError(
      'only sorted sets under the name of their queue are spread over shards',
      'leave out --shards',
    )
  }
  assertNoGroup(name, group, shardBy)
  await spreadQueue(redis, name, {shards, shardBy, isStrict: order && order === 'strict'})
  const queue = await openQueue(redis, {...addressOf(settings), durability: settings.durability})
  assertNoGroup(name, group, queue.shards?.map.shardBy)
  return queue
}

/** @throws QtoolError (usage) before anything is written down of the queue */
function assertNoGroup(name: string, group: number | undefined, by: string | undefined): void {
  if (group === undefined || by === undefined) return
  throw usageError(
    `--group makes envelopes, which have no field ${by} by which queue ${name} is spread`,
    'leave out --group: records of one envelope could belong to several shards',
  )
}
