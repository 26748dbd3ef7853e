import type {FuseOptions} from './fuse.ts'

export const ORDERS = ['free', 'strict'] as const

/** How a worker takes leases, and what it does about failures. */
export interface Policy {
  /** Leases processed in parallel. */
  workers: number
  /** Time over which those that work in parallel are opened, ms. */
  openingMs: number
  /** Approximate number of records a lease should hold. */
  batch: number
  leaseMs: number
  /** Retries of a lease after a transient error; after them, the record at fault is searched for. */
  maxRetries: number
  /** Retries of a record that a foreign key refuses, each after `delayMs`; 0 makes it a dead letter at once. */
  foreignKeys: {retries: number; delayMs: number}
  fuse: FuseOptions
  /**
   * `strict` works on one lease at a time, whoever holds it, so that the order of the queue is kept; without a word, what
   * the records do decides. See `keepsOrder`.
   */
  order?: (typeof ORDERS)[number]
  /** Return once no item is ready or leased; otherwise continue until the worker is told to stop. */
  untilEmpty: boolean
}

/** What `qtool work` does without flags, for workers that nobody configures. */
export const USUAL = {
  openingMs: 10_000,
  leaseMs: 30_000,
  maxRetries: 3,
  foreignKeys: {retries: 0, delayMs: 0},
  fuse: {share: 0.5, processes: 1},
}

export const NO_FUSE: FuseOptions = {share: 1, processes: 1}
