import type {Redis} from 'ioredis'
import {extendLease} from '../queue/lease.ts'
import type {QueueKeys} from '../redis/keys.ts'

/**
 * Keeps a lease while its batch is slow: extends it at a third of its length. A beat that fails is not an error:
 * if the lease is lost, the ledger keeps its records from being written twice.
 */
export class Heartbeat {
  readonly #timer: NodeJS.Timeout

  constructor(redis: Redis, keys: QueueKeys, lease: {id: string; attempt: number}, leaseMs: number) {
    const beat = () => {
      extendLease(redis, keys, lease, leaseMs).catch(() => {})
    }
    this.#timer = setInterval(beat, Math.max(1, Math.floor(leaseMs / 3)))
    this.#timer.unref()
  }

  stop(): void {
    clearInterval(this.#timer)
  }
}
