import type {Items} from '../record/items.ts'
import type {ReadItems} from '../record/payload/read-items.ts'
import type {ReadFrom} from '../redis/replica/read-from.ts'
import type {Binding} from './binding.ts'
import type {KnownMemory, QueueInspection} from './inspect.ts'
import type {ItemFilter, JobsFor} from './items/item-filter.ts'
import type {ItemSample} from './items/item-sample.ts'
import type {ReadJobsOptions} from './jobs/read-jobs.ts'
import type {Abilities, EngineKind, PeekedItem, ReadyItem} from './kinds.ts'
import type {KnownQueues} from './known-queues.ts'
import type {
  GiveBack,
  Held,
  Lease,
  LeaseRef,
  OversizedLease,
  Places,
  Settlement,
  Take,
  TakeRequest,
} from './lease.ts'
import type {DeadLetters} from './letters/dead-letters.ts'
import type {OperationBook} from './operation-book/book.ts'
import type {NamedPurge, Restoring} from './operation-book/hold.ts'
import type {PauseOptions, PauseOrigin, PauseState} from './pause.ts'
import type {Producer, ProducerOptions} from './producer.ts'
import type {Shards} from './shards/shards.ts'
import type {Trash} from './trash-list.ts'
import type {Verification, VerifyOptions} from './verify-counts.ts'
import type {WorkerState} from './worker-state.ts'

/**
 * One queue, whatever keeps its items: the page that says what a queue is to everything above it. Every call may be
 * repeated under the ids its caller chose, because a driver sends a call again after a broken connection.
 */
export interface QueueEngine {
  readonly kind: EngineKind
  readonly name: string
  readonly can: Abilities
  /** Its shards; null for a queue that cannot be spread. */
  readonly shards: Shards | null
  readonly letters: DeadLetters
  /** The operations on it that outlive whoever asked for them. */
  readonly operations: OperationBook

  /** Opens a producer over a connection of its own, which the caller closes. */
  openProducer(options: ProducerOptions): Promise<Producer>
  /** The items that leave next, in that order, without taking them. */
  peek(limit: number): Promise<PeekedItem[]>
  /** Number of ready items. */
  depth(): Promise<number>
  /**
   * Reads a filter of ready items.
   * @param options.records path of the records in an envelope
   * @param options.jobsFor shows the filter what is in jobs
   * @param options.nowMs when ages are counted from; now by the clock of Redis if left out
   * @throws QtoolError (usage) that shows the place of a mistake
   */
  itemFilter(
    where: string,
    options: {records: readonly string[]; nowMs?: number; jobsFor?: JobsFor},
  ): Promise<ItemFilter>
  /** The first of the items that a filter selects, and how many were read to find them. */
  search(options: SearchOptions & {limit: number}): Promise<{items: PeekedItem[]; searched: number}>
  /** How many ready items a filter selects. `onItems` is given all of them, page by page. */
  countMatching(options: SearchOptions & {onItems?: (items: readonly ReadyItem[]) => void}): Promise<number>
  /** Adds one item for a load generator: neither counted, nor guarded against a second delivery. Returns 1 if it is new. */
  put(item: string | Buffer, score: number): Promise<number>

  /**
   * Records what was set for it beyond its name, before it is changed: then its name alone finds it.
   * @throws QtoolError (usage) if somebody has said something else meanwhile
   */
  keep(): Promise<void>
  /** Checks that `clearMatching` may be used. @throws QtoolError `SHARED_STREAM` if it would take items from others */
  assertClearable(): Promise<void>
  /** Whether Redis holds anything of the queue. One that is empty and was never worked on is unknown to it. */
  exists(): Promise<boolean>
  /** The queues that are found on the same Redis within a second; null if this user may not run SCAN. */
  neighbours(): Promise<KnownQueues | null>
  /** Number of leases that workers hold. */
  countLeases(): Promise<number>
  /** The replicas from which it is read, and how far they are behind; asked before what is to be no older than that. */
  readFrom(): Promise<ReadFrom>
  /** What the queue holds, and the state of its server, read in a time that does not grow with the queue. */
  inspect(known?: KnownMemory): Promise<QueueInspection>
  /**
   * Counts all dead letters and corrects the counters. @returns undefined if it was interrupted
   * @throws QtoolError `VERIFY`
   */
  verify(options: VerifyOptions): Promise<Verification | undefined>

  /** Removes all ready items at once; undefined if there are none, or not as many as expected. */
  clear(expected?: {count?: number; kept?: NamedPurge}): Promise<Trash | undefined>
  /**
   * Removes the ready items that a filter selects, at most `limit`; undefined if none was removed. What it does not reach before the
   * signal is aborted stays in the queue. `onProgress` is told how many were removed.
   */
  clearMatching(options: SearchOptions & {limit?: number; kept?: NamedPurge}): Promise<Trash | undefined>
  /** What can be restored, newest first. */
  trash(): Promise<Trash[]>
  /**
   * Restores what was removed, or replaced by an edit; returns how many. What it does not reach before the signal is
   * aborted stays in the trash.
   */
  restore(trash: Trash, signal: AbortSignal, how?: Restoring): Promise<number>

  /** Takes a lease whose deadline has passed, or else the next `count` items in a new lease. */
  take(request: TakeRequest): Promise<Take>
  /**
   * Unpacks the records of items, with what Redis holds of jobs whose items are only ids. Changes nothing.
   * @throws CrowdedJobsError if they hold more than `mostBytes`
   */
  readItems(items: Items, options: ReadJobsOptions): Promise<ReadItems>
  /** Where the items of a lease stood, read without the items: only a lease with refused records needs it. */
  places(lease: LeaseRef): Promise<Places>
  /**
   * Contexts (W3C `traceparent`) of traced chunks that have items in a lease, each told once; none for an engine that
   * cannot locate items.
   */
  tracesOf(lease: LeaseRef): Promise<string[]>
  /** Postpones the deadline of a lease to `lengthMs` from now. */
  extend(lease: LeaseRef, lengthMs: number): Promise<Held>
  /** Gives a lease back, for anyone to take after a delay. */
  giveBack(lease: LeaseRef, how: GiveBack): Promise<Held>
  /** Drops a lease whose records are all accounted for: adds its dead letters, postpones, counts, closes replays. */
  settle(lease: Lease | OversizedLease, outcome: Settlement): Promise<Held>
  /** Makes two leases of one; each half begins with this number of attempts. */
  split(lease: LeaseRef, attempts: number): Promise<Held>
  /** Gives leases that lost their deadline a new one; returns how many. */
  repair(): Promise<number>
  /** Ids of all leases, with or without a deadline. */
  heldLeases(): Promise<string[]>

  /** Counts every item, in as many calls as there are leases. */
  countItems(): Promise<{ready: number; leased: number; deadLetters: number}>
  /** Removes every key of the queue, and those of the takers that this object has served. */
  destroy(): Promise<void>

  /** No worker takes a lease until the queue is resumed, or `forMs` is over. Held leases are finished. */
  pause(options?: PauseOptions): Promise<void>
  /** Returns false if the queue was not paused. */
  resume(): Promise<boolean>
  pauseState(): Promise<PauseState>
  /** Since when it is paused, and by whom; null if it is not. */
  pauseOrigin(): Promise<PauseOrigin | null>
  /** Looks at ready items from everywhere in the queue, without sending them. */
  sampleItems(): Promise<ItemSample>

  /** The table that the queue drains into; undefined before its first worker. */
  binding(): Promise<Binding | undefined>
  /** Binds the queue to a table. @throws QtoolError (usage) if it is bound to another, unless `rebind` */
  bind(binding: Binding, options: {rebind: boolean}): Promise<void>
  /** A name of the Redis that holds the queue, made once: one ledger may serve several of them. */
  origin(): Promise<string>
  /** Reports the state of a worker process, or removes the report of one that ends. */
  reportWorker(state: Omit<WorkerState, 'seenAt'>): Promise<void>
  forgetWorker(name: string): Promise<void>
  /** The worker processes that have reported lately, by name. */
  livingWorkers(): Promise<WorkerState[]>
  /** Forgets workers that have been silent for an hour. */
  forgetSilentWorkers(): Promise<void>
  /** Frees what was purged more than a day ago. */
  freeOldTrash(): Promise<void>
  /**
   * Checks that Redis does not evict keys. @returns false if this user may not ask
   * @throws QtoolError `EVICTION`
   */
  assertKept(): Promise<boolean>
  /** The error itself, or for a key that is broken or that another program uses one that names the key. */
  explain(error: unknown): Promise<unknown>
}

/** A search of the ready items, which reads them in the order in which they leave until the signal is aborted. */
export interface SearchOptions {
  /** All items if left out. */
  filter?: ItemFilter
  signal: AbortSignal
  /** @param matched items that the filter has selected so far */
  onProgress(read: number, matched: number): void
}
