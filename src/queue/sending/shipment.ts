import type {ChainableCommander} from 'ioredis'
import {type Chunk, type ItemWriter, itemsOf} from './chunk.ts'

/** Items that go to Redis in one transaction. */
export interface Shipment {
  /** Adds the commands that put them into the queue. */
  addTo(transaction: ChainableCommander): void
  /** Records in each of its items. */
  recordsPerItem: number
  /** Of the map by which its items were placed; undefined for a queue that is not spread. */
  epoch?: number
  /** Number of items. */
  items: number
  /** A copy of the first of them. */
  first(): Buffer
  /** Copies of all of them. */
  all(): Buffer[]
}

/** What the producers of one queue that is spread know of its shards. */
export interface ShardGuard {
  /** Of the map by which their items are placed. */
  epoch: number
  /** A shard has refused items, because the map has changed. */
  isStale: boolean
}

/** What `send` returns for a shipment that was refused because of its epoch; nothing of it was added. */
export const REFUSED = -1

/** An item that a shard has refused, or that was not sent. */
export interface UnsentItem {
  item: Buffer
  records: number
}

export function shipmentOfChunk(chunk: Chunk, recordsPerItem: number): Shipment {
  return {
    addTo: (transaction) => chunk.addTo(transaction),
    recordsPerItem,
    items: chunk.members,
    first: () => chunk.first(),
    all: () => itemsOf(chunk),
  }
}

/** Of items that go as one command each. */
export function shipmentOfItems(items: Buffer[], writer: ItemWriter, recordsPerItem: number): Shipment {
  return {
    addTo: writer.singly(items),
    recordsPerItem,
    items: items.length,
    first: () => items[0],
    all: () => items,
  }
}
