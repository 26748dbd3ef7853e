import type {Redis} from 'ioredis'
import type {QueueKeys} from '../redis/keys.ts'
import type {ItemFilter} from './items/item-filter.ts'
import type {ItemSample} from './items/item-sample.ts'
import type {ItemSearch} from './items/item-search.ts'
import type {PeekedItem, ReadyItem, TimesOf} from './kinds.ts'
import type {LeaseBook} from './lease-book/book.ts'
import type {LuaEngine} from './lua-engine.ts'
import type {MemoryUsage} from './memory-usage.ts'
import type {Producer, ProducerOptions} from './producer.ts'

/** What a kind of queue does without scripts that are shared. */
export interface EngineCalls {
  /** Opens a producer over a connection of its own, with the options of that of the book. */
  openProducer(book: OpenedBook, options: ProducerOptions): Promise<Producer>
  depth(redis: Redis, keys: QueueKeys): Promise<number>
  put(redis: Redis, keys: QueueKeys, item: string | Buffer, score: number): Promise<number>
  /** The items that leave next, in that order. */
  peek(redis: Redis, keys: QueueKeys, limit: number): Promise<ReadyItem[]>
  /** All items of a lease; absent if only scripts can read them. */
  readLease?(redis: Redis, key: string): Promise<Buffer[]>
  /** Reads all ready items in the order in which they leave. */
  search(redis: Redis, keys: QueueKeys, filter?: ItemFilter): ItemSearch
  /** @throws QtoolError if single items cannot be removed; absent if they always can */
  assertClearable?(redis: Redis, keys: QueueKeys): Promise<void>
  timesOf: TimesOf
  /** What `peek` shows of a place: as Redis keeps it, but JSON has no infinite numbers. */
  scoreOf(place: number): PeekedItem['score']
  /** Looks at ready items from everywhere in the queue, without sending them. */
  sample(redis: Redis, keys: QueueKeys): Promise<ItemSample>
  /** How much memory the ready items take. */
  memory(redis: Redis, keys: QueueKeys): Promise<MemoryUsage>
  /** For each of these items whether an identical one is ready; only asked of an engine that collapses them. */
  areReady(redis: Redis, keys: QueueKeys, items: Buffer[]): Promise<boolean[]>
}

/** A kind of queue. */
export interface Engine {
  lua: LuaEngine
  calls: EngineCalls
}

/** A book with what its engine does without scripts. */
export interface OpenedBook extends LeaseBook {
  calls: EngineCalls
}
