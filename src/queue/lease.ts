import type {Items} from '../record/items.ts'
import type {Written} from '../record/outcomes.ts'
import type {PastFailure} from './letters/dead-letter.ts'

export interface TakeRequest {
  /** One loop of a worker; unique. */
  taker: string
  /** Rises with every lease the taker asks for. A repeated call has the same turn, and gets the same lease. */
  turn: number
  count: number
  lengthMs: number
  /** Gives no new lease while another is held. */
  isStrict?: boolean
}

export type Take =
  | ({state: 'lease'; lease: Lease} & Taken)
  | ({state: 'oversized'; lease: OversizedLease} & Taken)
  /** `ready` items wait; nobody takes them until the queue is resumed. */
  | ({state: 'paused'} & NothingTaken)
  | ({state: 'empty'} & NothingTaken)

interface Taken {
  /** Whether it is as large as was asked for, or more is known to wait: then it is worth asking again at once. */
  mayBeMore: boolean
}

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
  /** Earlier failures of items that were replayed, by the index of the item. */
  pastFailures: ReadonlyMap<number, PastFailure[]>
  /** Some of its items may have been replayed. */
  mayBeReplayed: boolean
}

/** Where the items of a lease stood in the queue: for a sorted set their scores. Few leases need them, see `places`. */
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
export interface Settlement extends Written {
  /** Items in which there was no record, such as an envelope of an empty list. */
  empty: number
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
