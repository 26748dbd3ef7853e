import {QtoolError, usageError} from '../../errors.ts'
import type {QueueHome} from '../home.ts'
import type {Placement} from './placement.ts'

/** Most shards of a queue: each has a connection of its own in a producer. */
export const MOST_SHARDS = 256

/** How a queue is spread. */
export interface ShardMap extends Placement {
  /** Path of the field, as it was given. */
  shardBy: string | undefined
  /** Shards that may hold something: more than `shards` while some are being emptied. */
  served: number
  /** Rises with every change of the map. */
  epoch: number
  /** Only one lease of a shard at a time. */
  isStrict: boolean
  /** A rebalance that has begun and not ended: items are moving to other shards. */
  move: Move | undefined
}

export interface Move {
  /** Shards after it. */
  to: number
  /** RFC 3339. */
  since: string
}

/** That of a queue that is not spread. */
export const NOT_SPREAD: ShardMap = {
  ...{shards: 0, served: 0, epoch: 0, shardBy: undefined},
  ...{isStrict: false, move: undefined},
}

/** @returns undefined for a queue that is not spread @throws QtoolError `BROKEN_KEY` */
export function shardMapOf(queue: string, home: QueueHome): ShardMap | undefined {
  if (home.shards === undefined) return undefined
  const shards = number(queue, 'shards', home.shards)
  const served = Math.max(shards, home.served === undefined ? 0 : number(queue, 'served', home.served))
  const epoch = home.epoch === undefined ? 1 : number(queue, 'epoch', home.epoch)
  const shardBy = home.shard_by || undefined
  const isStrict = home.shard_order === 'strict'
  return {
    shards,
    served,
    epoch,
    by: shardBy?.split('.'),
    shardBy,
    isStrict,
    move: moveOf(home.moving),
  }
}

/** @param text of the field `moving`; see moving/move-state.ts */
function moveOf(text: string | undefined): Move | undefined {
  if (text === undefined) return undefined
  const [, to, , since = ''] = text.split(' ')
  return {to: Number(to), since}
}

/** The name of one shard, which is a queue of its own. */
export function shardName(queue: string, shard: number): string {
  return `${queue}_shard_${shard}`
}

/** @throws QtoolError (usage) */
export function assertShardBy(path: string): void {
  if (!path.split('.').includes('')) return
  throw usageError(`expected --shard-by to be a path such as flight_uuid or customer.id, got "${path}"`)
}

/** @throws QtoolError (usage) */
export function assertShards(shards: number): number {
  if (Number.isInteger(shards) && shards >= 1 && shards <= MOST_SHARDS) return shards
  throw usageError(`--shards must be a whole number from 1 to ${MOST_SHARDS}, got ${shards}`)
}

function number(queue: string, field: string, text: string): number {
  const value = Number(text)
  if (Number.isInteger(value) && value >= 1) return value
  throw new QtoolError(
    `expected ${field} in sink:${queue} to be a number from 1, got ${JSON.stringify(text)}`,
    {
      code: 'BROKEN_KEY',
      suggestions: [`HSET sink:${queue} ${field} N repairs it`],
    },
  )
}
