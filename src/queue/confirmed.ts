import type {Redis} from 'ioredis'
import {type Durability, IN_MEMORY} from '../config/durability.ts'
import {confirm, NotConfirmedError} from '../redis/durability.ts'
import type {QueueKeys} from '../redis/keys.ts'
import type {QueueEngine} from './engine.ts'

/** What of a queue is confirmed, and how. */
interface Confirming {
  redis: Redis
  keys: QueueKeys
  durability?: Durability
}

/**
 * A queue whose leases and settlements count only once they are where `durability` wants them. A lease that a failover
 * lost would come back as new items under another id, which the ledger in Postgres does not know: so a worker may
 * write only what is confirmed as leased. A settlement that was lost brings its lease back, and the ledger knows it.
 */
export function confirmed(queue: QueueEngine, parts: Confirming): QueueEngine {
  if ((parts.durability ?? IN_MEMORY).level === 'memory') return queue
  const confirmations = new Confirmations(parts)
  return {
    ...queue,
    take: (request) =>
      confirmations.after(
        () => queue.take(request),
        ({state}) => state === 'lease' || state === 'oversized',
      ),
    settle: (lease, outcome) =>
      confirmations.after(
        () => queue.settle(lease, outcome),
        (held) => held === 'held',
      ),
  }
}

/** Confirms writes of one client, several at a time: Redis answers nothing else to it while it waits. */
class Confirmations {
  readonly #parts: Confirming
  #running: Promise<void> = Promise.resolve()
  #next: Promise<void> | undefined

  constructor(parts: Confirming) {
    this.#parts = parts
  }

  /**
   * The answer of a call, once what it wrote is confirmed.
   * @param isWrite whether an answer means that something was written
   * @throws NotConfirmedError also if the connection was lost meanwhile: another one may lead to another server
   */
  async after<T>(call: () => Promise<T>, isWrite: (answer: T) => boolean): Promise<T> {
    const {redis} = this.#parts
    const {stream} = redis
    const answer = await call()
    if (!isWrite(answer)) return answer
    await this.#confirm()
    if (redis.stream !== stream)
      throw new NotConfirmedError('the connection was lost before a write was confirmed')
    return answer
  }

  /** Those who come while others are being confirmed wait together for the next turn. */
  #confirm(): Promise<void> {
    this.#next ??= this.#running
      .catch(() => {})
      .then(() => {
        this.#running = this.#ask()
        this.#next = undefined
        return this.#running
      })
    return this.#next
  }

  /** With a write of its own, which changes nothing: a repeated call may have had nothing left to write. */
  async #ask(): Promise<void> {
    const {redis, keys, durability} = this.#parts
    await Promise.all([redis.hincrby(keys.stats, 'fence', 0), confirm(redis, durability)])
  }
}
