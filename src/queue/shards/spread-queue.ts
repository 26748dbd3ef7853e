import type {Redis} from 'ioredis'
import {QtoolError, usageError} from '../../errors.ts'
import {queueKeys} from '../../redis/keys.ts'
import {clientFor, layoutOf} from '../../redis/route.ts'
import {type QueueHome, readHome, settleHome} from '../home.ts'
import {assertShardBy, assertShards, type ShardMap, shardMapOf} from './shard-map.ts'

/** How somebody wants a queue to be spread; what is left out is as it is, or as usual for a new queue. */
export interface SpreadOptions {
  shards?: number
  /** Path of the field that decides; the whole item if left out. */
  shardBy?: string
  /** One lease of a shard at a time. */
  isStrict?: boolean
}

/**
 * Spreads a new queue over shards, or checks that an existing one is spread like that.
 * @throws QtoolError (usage) if it is not, or if the queue holds items already
 */
export async function spreadQueue(redis: Redis, queue: string, wanted: SpreadOptions): Promise<void> {
  const {shards, shardBy, isStrict} = wanted
  if (shards === undefined && shardBy === undefined && isStrict === undefined) return
  const keys = queueKeys(queue, layoutOf(redis))
  const own = await clientFor(redis, keys.sink)
  const home = await readHome(own, keys)
  const known = shardMapOf(queue, home)
  if (known) return assertSame(queue, known, wanted)
  if (shards === undefined) throw usageError('--shard-by and --shard-order need --shards for a new queue')
  assertShards(shards)
  if (shardBy !== undefined) assertShardBy(shardBy)
  if (home.ready_key !== undefined) {
    throw usageError(
      `queue ${queue} has its items in key ${home.ready_key}; only sorted sets under the name of their queue are spread over shards`,
      'leave out --shards, or name another queue with -q',
    )
  }
  if (home.engine !== undefined && home.engine !== 'zset') {
    throw usageError(`queue ${queue} is a ${home.engine}; only sorted sets can be spread over shards`)
  }
  if ((await own.exists(keys.ready, keys.leases, keys.attempts, keys.dead)) > 0) throw notNew(queue, shards)
  const settled = shardMapOf(queue, await settleHome(own, keys, newHome({shards, shardBy, isStrict})))
  if (settled) assertSame(queue, settled, wanted)
}

/** What is written down of a queue that is to be spread. */
export function newHome({shards, shardBy = '', isStrict = false}: SpreadOptions): QueueHome {
  return {
    shards: String(shards),
    // Also when it is empty: nobody is to say it later
    shard_by: shardBy,
    shard_order: isStrict ? 'strict' : 'free',
    epoch: '1',
  }
}

function assertSame(queue: string, known: ShardMap, {shards, shardBy, isStrict}: SpreadOptions): void {
  if (shards !== undefined && shards !== known.shards) {
    throw new QtoolError(
      `queue ${queue} has ${known.shards === 1 ? '1 shard' : `${known.shards} shards`}, not ${shards}`,
      {
        code: 'OTHER_SHARDS',
        kind: 'usage',
        suggestions: [`qtool shards rebalance -q ${queue} --shards ${shards} changes that`],
      },
    )
  }
  if (shardBy !== undefined && shardBy !== known.shardBy) {
    const by = known.shardBy === undefined ? 'by the whole item' : `by ${known.shardBy}`
    throw usageError(`queue ${queue} is spread ${by}, not by ${shardBy}`, 'leave out --shard-by')
  }
  if (isStrict !== undefined && isStrict !== known.isStrict) {
    throw usageError(
      `queue ${queue} has ${known.isStrict ? 'strict' : 'free'} order`,
      'leave out --shard-order',
    )
  }
}

function notNew(queue: string, shards: number): QtoolError {
  return new QtoolError(`queue ${queue} exists and is not spread over shards`, {
    code: 'OTHER_SHARDS',
    kind: 'usage',
    suggestions: [`qtool shards rebalance -q ${queue} --shards ${shards} spreads it`],
  })
}
