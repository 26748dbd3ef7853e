import type {Pool} from 'pg'
import type {Target} from './target.ts'
import type {WorkerQueue} from './worker-queue.ts'

/** Days to keep entries: longer than anybody keeps a Redis backup from which a lease could come back. */
const DAYS = 7

/** Most rows per statement, so that each is short. */
const MOST = 5000

const PRUNE_EVERY_MS = 3_600_000

/** Keeps the queue and the ledger in order while a worker runs. */
export class Housekeeping {
  readonly #queue: WorkerQueue
  readonly #pool: Pool
  readonly #target: Target
  /** By `performance.now()`. */
  #tidiedAt = Number.NEGATIVE_INFINITY
  #prunedAt = Number.NEGATIVE_INFINITY

  constructor(queue: WorkerQueue, pool: Pool, target: Target) {
    this.#queue = queue
    this.#pool = pool
    this.#target = target
  }

  /** Tidies the queue if that was at least `everyMs` ago. @returns whether leases were restored */
  async tidy(everyMs: number): Promise<boolean> {
    const now = performance.now()
    if (now - this.#tidiedAt < everyMs) return false
    this.#tidiedAt = now
    // Not awaited: it handles its own errors
    void this.#prune()
    return ((await this.#queue.tidy()) ?? 0) > 0
  }

  /**
   * Keeps the ledger from growing for ever: once an hour, deletes the leases that were written long ago. Those that
   * Redis still holds stay, since a queue may have been paused for weeks. After an error, it tries again in an hour.
   */
  async #prune(): Promise<void> {
    const {ledger, queue} = this.#target
    const now = performance.now()
    if (!ledger || now - this.#prunedAt < PRUNE_EVERY_MS) return
    this.#prunedAt = now
    try {
      const options = {days: DAYS, kept: await queue.heldLeases(), most: MOST}
      while ((await ledger.prune(this.#pool, queue.name, options)) === MOST);
    } catch {
      // If something is wrong, writing leases fails with the same error and reports it
    }
  }
}
