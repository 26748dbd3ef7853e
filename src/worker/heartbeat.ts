import type {Redis} from 'ioredis'
import type {HeldLease} from '../queue/lease-book/lease.ts'
import {extendLease} from '../queue/lease-book/lease-deadline.ts'
import type {QueueKeys} from '../redis/keys.ts'

/**
 * Keeps a lease while its batch is slow, by extending it every third of its length. `lost` is aborted when another
 * worker holds the lease, or when it has expired without an answer from Redis, since its holder is then unknown.
 */
export class Heartbeat {
  readonly #timer: NodeJS.Timeout
  readonly #lost = new AbortController()

  constructor(redis: Redis, keys: QueueKeys, lease: HeldLease, leaseMs: number) {
    let extendedAt = performance.now()
    const beat = async () => {
      const sentAt = performance.now()
      const held = await extendLease(redis, keys, lease, leaseMs).catch(() => undefined)
      if (held) extendedAt = sentAt
      else if (held === false || performance.now() - extendedAt > leaseMs) this.#lost.abort()
    }
    this.#timer = setInterval(beat, Math.max(1, Math.floor(leaseMs / 3)))
    this.#timer.unref()
  }

  get lost(): AbortSignal {
    return this.#lost.signal
  }

  stop(): void {
    clearInterval(this.#timer)
  }
}
