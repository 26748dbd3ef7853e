import type {Spread} from '../queue/shards/spread.ts'
import {plural} from './format.ts'

/** `3 shards by customer; items are moving to 5 shards`. */
export function spreadWords({shards, shardBy, move}: Spread): string {
  const by = shardBy === null ? 'by the whole item' : `by ${shardBy}`
  const moving = move ? `; items are moving to ${plural(move.to, 'shard')}` : ''
  return `${plural(shards, 'shard')} ${by}${moving}`
}
