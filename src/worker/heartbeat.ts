import type {QueueEngine} from '../queue/engine.ts'
import type {LeaseRef} from '../queue/lease.ts'

/**
 * Keeps a lease while its batch is slow, by extending it every third of its length. `lost` is aborted when another
 * worker holds the lease, or when it has expired without an answer from Redis, since its holder is then unknown.
 */
export class Heartbeat {
  readonly #timer: NodeJS.Timeout
  readonly #lost = new AbortController()

  constructor(queue: QueueEngine, lease: LeaseRef, leaseMs: number) {
    let extendedAt = performance.now()
    const beat = async () => {
      const sentAt = performance.now()
      const held = await queue.extend(lease, leaseMs).catch(() => undefined)
      if (held === 'held') extendedAt = sentAt
      else if (held === 'lost' || performance.now() - extendedAt > leaseMs) this.#lost.abort()
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
