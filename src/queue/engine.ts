import type {Items} from '../record/items.ts'
import type {Binding} from './binding.ts'
import type {QueueInspection} from './inspect.ts'
import type {PastFailure} from './letters/dead-letter.ts'
import type {DeadLetters} from './letters/dead-letters.ts'
import type {PauseState} from './pause.ts'
import type {Trash} from './trash.ts'
import type {Verification, VerifyOptions} from './verify-counts.ts'
import type {WorkerState} from './worker-state.ts'
import type {ItemFilter} from './zset/item-filter.ts'

/** How the ready items of a queue are kept. */
export type EngineKind = 'zset'

/** What some kinds of queue can do and others cannot. */
export interface Abilities {
  /** Items leave by priority, the lowest first. */
  priority: boolean
  /** Identical items are one item: the second is counted as a duplicate. */
  collapse: boolean
  /** A ready item shows when it was enqueued. */
  age: boolean
  /** A ready item can be found by its bytes. */
  locate: boolean
}

/**
 * One queue, whatever keeps its items: the page that says what a queue is to everything above it. Every call may be
 * repeated under the ids its caller chose, because a driver sends a call again after a broken connection.
 */
export interface QueueEngine {
  readonly kind: EngineKind
  readonly name: string
  readonly can: Abilities
  readonly letters: DeadLetters

  /** Opens a producer over a connection of its own, which the caller closes. */
  openProducer(options: ProducerOptions): Promise<Producer>
  /** The items that leave next, in that order, without taking them. */
  peek(limit: number): Promise<PeekedItem[]>
  /** Number of ready items. */
  depth(): Promise<number>
  /**
   * Reads a filter of ready items.
   * @param records path of the records in an envelope
   * @throws QtoolError (usage) that shows the place of a mistake
   */
  itemFilter(where: string, records: readonly string[]): Promise<ItemFilter>
  /** The first of the items that a filter selects, and how many were read to find them. */
  search(options: SearchOptions & {limit: number}): Promise<{items: PeekedItem[]; searched: number}>
  /** How many ready items a filter selects. */
  countMatching(options: SearchOptions): Promise<number>
  /** Adds one item for a load generator: neither counted, nor guarded against a second delivery. Returns 1 if it is new. */
  put(item: string | Buffer, score: number): Promise<number>

  /** Whether Redis holds anything of the queue. One that is empty and was never worked on is unknown to it. */
  exists(): Promise<boolean>
  /** Names of the queues found on the same Redis, sorted. */
  neighbours(): Promise<string[]>
  /** Number of leases that workers hold. */
  countLeases(): Promise<number>
  /** What the queue holds, and the state of its server, read in a time that does not grow with the queue. */
  inspect(): Promise<QueueInspection>
  /**
   * Counts all dead letters and corrects the counters. @returns undefined if it was interrupted
   * @throws QtoolError `VERIFY`
   */
  verify(options: VerifyOptions): Promise<Verification | undefined>

  /** Removes all ready items at once; undefined if there are none. */
  clear(): Promise<Trash | undefined>
  /**
   * Removes the ready items that a filter selects; undefined if none was removed. What it does not reach before the
   * signal is aborted stays in the queue. `onProgress` is told how many were removed.
   */
  clearMatching(options: SearchOptions): Promise<Trash | undefined>
  /** What can be restored, newest first. */
  trash(): Promise<Trash[]>
  /**
   * Restores what was removed, or replaced by an edit; returns how many. What it does not reach before the signal is
   * aborted stays in the trash.
   */
  restore(trash: Trash, signal: AbortSignal): Promise<number>

  /** Takes a lease whose deadline has passed, or else the next `count` items in a new lease. */
  take(request: TakeRequest): Promise<Take>
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
  pause(forMs?: number): Promise<void>
  /** Returns false if the queue was not paused. */
  resume(): Promise<boolean>
  pauseState(): Promise<PauseState>

  /** The table that the queue drains into; undefined before its first worker. */
  binding(): Promise<Binding | undefined>
  /** Binds the queue to a table. @throws QtoolError (usage) if it is bound to another, unless `rebind` */
  bind(binding: Binding, options: {rebind: boolean}): Promise<void>
  /** A name of the Redis that holds the queue, made once: one ledger may serve several of them. */
  origin(): Promise<string>
  /** Reports the state of a worker process, or removes the report of one that ends. */
  reportWorker(state: Omit<WorkerState, 'seenAt'>): Promise<void>
  forgetWorker(name: string): Promise<void>
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
  filter: ItemFilter
  signal: AbortSignal
  /** @param matched items that the filter has selected so far */
  onProgress(read: number, matched: number): void
}

export interface ProducerOptions {
  mode: EnqueueMode
  /** Items of one chunk: one variadic ZADD (`batch`), or one flush of a pipeline (`pipeline`). */
  batch: number
  /** 0 leaves first; see `assertPriority`. */
  priority: number
  /**
   * Told that Redis is unreachable, and that it is back. With it the producer waits without end, until `signal`; without
   * it, it gives up after as long as the connection allows.
   */
  onOutage?: (text: string) => void
  /** Ends all waiting for an unreachable Redis. */
  signal?: AbortSignal
}

/** How items are sent. */
export type EnqueueMode = 'single' | 'pipeline' | 'batch'

/** Puts items into a queue, each exactly once. The counts are final after `finish`. */
export interface Producer {
  /** Records in each item that is added from now on; change it only right after `flush`. */
  recordsPerItem: number
  /** Items that the queue had not held before, and the records in them. */
  readonly items: number
  readonly added: number
  /** Records of items that were there already, byte for byte. */
  readonly duplicates: number
  /** Records sent whose reply has not come. */
  readonly pending: number
  /** Chunks sent so far. */
  readonly chunks: number
  /** Items of the current chunk, which has not been sent. */
  readonly held: number
  /** Aborted by the first failure, which `flush` and `finish` throw. */
  readonly failed: AbortSignal
  /** Call before a batch of items: reads the clock of Redis again if that was long ago. */
  synchronize(): Promise<void> | undefined
  /** Adds `bytes[start..end]`, which are copied. Await the result before the next call if it is a promise. */
  add(bytes: Buffer, start: number, end: number): Promise<void> | undefined
  /** Sends what has been added; resolves when there is room for more. */
  flush(): Promise<void>
  /** Sends the rest and waits for every reply. */
  finish(): Promise<void>
  /** Number of ready items, read over the producer's own connection. */
  depth(): Promise<number>
  close(): Promise<void>
}

/** A ready item. */
export interface PeekedItem {
  /** As Redis keeps it; JSON has no infinite numbers. */
  score: number | 'inf' | '-inf'
  /** Null if the score was written by another producer. */
  priority: number | null
  /** RFC 3339; null if the score holds no time that qtool can be sure of. */
  enqueuedAt: string | null
  bytes: number
  payload: string
  payloadEncoding: 'utf8' | 'base64'
}

export interface TakeRequest {
  /** One loop of a worker; unique. */
  taker: string
  /** Rises with every lease the taker asks for. A repeated call has the same turn, and gets the same lease. */
  turn: number
  count: number
  lengthMs: number
}

export type Take =
  | {state: 'lease'; lease: Lease}
  | {state: 'oversized'; lease: OversizedLease}
  /** `ready` items wait; nobody takes them until the queue is resumed. */
  | ({state: 'paused'} & NothingTaken)
  | ({state: 'empty'} & NothingTaken)

export interface NothingTaken {
  /** Leases held by workers. */
  held: number
  /** ms until the first of them may be taken over, by the clock of Redis; undefined if none is held. */
  nextVisibleInMs: number | undefined
  /** Ready items: of a paused queue, or those that came after a turn which is over. */
  ready: number
}

/** What a holder must know of its lease to change it. */
export interface LeaseRef {
  id: string
  /** Rises with every hand-out of any lease of the queue; a holder with an older one is refused. */
  fence: number
}

/** What was known of a lease when it was taken. */
interface TakenLease extends LeaseRef {
  /** Number of times the lease was taken; taking it without trying it does not count. */
  attempt: number
  /** Transient failures so far. */
  retries: number
  /** When it was taken, ms since 1970 by the clock of Redis. */
  takenAt: number
  /** Number of times its records have waited for their parents. */
  postponements: number
}

/** A batch of items that one worker holds until a deadline, with all that the worker must know of them. */
export interface Lease extends TakenLease {
  /** In the order in which they left the queue. */
  items: Items
  places: Places
  /** Earlier failures of items that were replayed, by the index of the item. */
  pastFailures: ReadonlyMap<number, PastFailure[]>
  /** Some of its items may have been replayed. */
  mayBeReplayed: boolean
}

/** Where the items of a lease stood in the queue: for a sorted set their scores. */
export interface Places {
  /** The place of item `index`, as a finite number. */
  at(index: number): number
}

/** A lease that is too large to be read: it has to be split. */
export interface OversizedLease extends TakenLease {
  itemCount: number
  /** An estimate from a sample of items. */
  bytes: number
}

/** `lost`: another worker holds the lease by now, and nothing was changed. */
export type Held = 'held' | 'lost'

export interface GiveBack {
  /** `untried` does not count as an attempt; `failed` counts as a retry. */
  why: 'untried' | 'failed'
  delayMs: number
}

/** What became of the records of a lease. */
export interface Settlement {
  inserted: number
  alreadyThere: number
  /** Dropped by a trigger or rule of the table, or written elsewhere by it. */
  suppressed: number
  deadLetters: DeadLetterEntry[]
  /** Records that wait for their parents, in a lease of their own that becomes visible after `postponeMs`. */
  postponed: Postponed[]
  postponeMs: number
}

/** A dead letter, ready to be stored. */
export interface DeadLetterEntry {
  /** ms since 1970; the score. */
  failedAt: number
  text: string
}

/** A record that is tried again later. */
export interface Postponed {
  score: number
  text: string
}
