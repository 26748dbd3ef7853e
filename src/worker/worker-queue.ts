import type {QueueEngine} from '../queue/engine.ts'
import type {ReadJobsOptions} from '../queue/jobs/read-jobs.ts'
import type {GiveBack, Held, LeaseRef, Places, Settlement, Take, TakeRequest} from '../queue/lease.ts'
import type {PauseOrigin} from '../queue/pause.ts'
import type {Items} from '../record/items.ts'
import type {ReadItems} from '../record/payload/read-items.ts'
import {isRedisAway, isTimeout} from '../redis/failure.ts'
import {backoffMs} from './backoff.ts'
import {isBrokenCircuit} from './breaker.ts'
import type {HeldLease} from './held-lease.ts'
import type {Pace} from './pace.ts'
import type {Servers} from './servers.ts'

/**
 * The queue as the loops of a worker use it: each call is repeated until Redis answers, and resolves to undefined if
 * the worker is to stop before that.
 */
export class WorkerQueue {
  readonly #servers: Servers
  readonly #queue: QueueEngine
  readonly #pace: Pace

  constructor(servers: Servers, queue: QueueEngine, pace: Pace) {
    this.#servers = servers
    this.#queue = queue
    this.#pace = pace
  }

  take(request: TakeRequest): Promise<Take | undefined> {
    return this.#ask(() => this.#queue.take(request))
  }

  readItems(items: Items, options: ReadJobsOptions): Promise<ReadItems | undefined> {
    return this.#ask(() => this.#queue.readItems(items, options))
  }

  places(lease: LeaseRef): Promise<Places | undefined> {
    return this.#ask(() => this.#queue.places(lease))
  }

  settle(lease: HeldLease, outcome: Settlement): Promise<Held | undefined> {
    return this.#ask(() => this.#queue.settle(lease, outcome))
  }

  giveBack(lease: LeaseRef, how: GiveBack): Promise<Held | undefined> {
    return this.#ask(() => this.#queue.giveBack(lease, how))
  }

  split(lease: LeaseRef, attempts: number): Promise<Held | undefined> {
    return this.#ask(() => this.#queue.split(lease, attempts))
  }

  /** Who paused the queue, and for how long. */
  pause(): Promise<{origin: PauseOrigin | null; endsInMs: number | null} | undefined> {
    return this.#ask(async () => {
      const [origin, {endsInMs}] = await Promise.all([this.#queue.pauseOrigin(), this.#queue.pauseState()])
      return {origin, endsInMs}
    })
  }

  /** Whether the queue holds one lease and nothing else. */
  holdsOneLease(): Promise<boolean | undefined> {
    return this.#ask(
      async () => (await this.#queue.depth()) === 0 && (await this.#queue.heldLeases()).length <= 1,
    )
  }

  /**
   * Checks that Redis does not evict keys, frees expired trash, and restores leases without a deadline, which no
   * worker could take over. @returns how many it restored
   */
  tidy(): Promise<number | undefined> {
    return this.#ask(async () => {
      await this.#queue.assertKept()
      await this.#queue.freeOldTrash()
      return this.#queue.repair()
    })
  }

  async #ask<T>(call: () => Promise<T>): Promise<T | undefined> {
    const {redis, breakers} = this.#servers
    for (let tries = 0; ; tries++) {
      try {
        return await breakers.redis.run(call)
      } catch (error) {
        if (!isBrokenCircuit(error) && !isRedisAway(error)) throw error
        if (this.#pace.isStopping) return undefined
        if (isTimeout(error) && redis.status === 'ready') redis.disconnect(true)
        await this.#pace.idle(backoffMs(Math.min(tries, 4)))
      }
    }
  }
}
