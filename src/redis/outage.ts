import {ReplyError} from 'ioredis'
import {messageOf} from '../errors.ts'
import {NotConfirmedError} from './durability.ts'

/** A shorter outage, such as a failover, is not reported. */
const TOLD_AFTER_MS = 1000

/**
 * Makes a producer wait for an unreachable Redis until it is told to stop, since a pipe cannot be read again. Reports
 * this once when Redis has been unreachable for a second, and once when it is back.
 */
export class Outage {
  readonly signal: AbortSignal
  readonly #note: (text: string) => void
  #since: number | undefined
  #isTold = false
  #isRefusal = false
  #isUnfenced = false

  /** @param options.signal ends all waiting, except for replies to calls that Redis has received */
  constructor(options: {signal: AbortSignal; note: (text: string) => void}) {
    this.signal = options.signal
    this.#note = options.note
  }

  /** Reports that an attempt failed with `reason`, and that another one follows. */
  away(reason: unknown): void {
    this.#isRefusal = reason instanceof ReplyError || reason instanceof NotConfirmedError
    this.#since ??= performance.now()
    if (this.#isTold || performance.now() - this.#since < TOLD_AFTER_MS) return
    this.#isTold = true
    const refused = reason instanceof NotConfirmedError ? 'not confirmed' : 'Redis refuses new items'
    const what = this.#isRefusal ? refused : 'Redis is unreachable'
    this.#note(`${what}: ${messageOf(reason)}; waiting`)
  }

  /** Reports a new connection, which proves nothing about a server that had refused to write. */
  connected(): void {
    if (!this.#isRefusal) this.served()
  }

  /** Reports that Redis has executed a command: the outage is over. */
  served(): void {
    this.#since = undefined
    if (!this.#isTold) return
    this.#isTold = false
    this.#note('Redis is back')
  }

  /** Reports, once, that a connection was lost and this user may not kill it. */
  unfenced(): void {
    if (this.#isUnfenced) return
    this.#isUnfenced = true
    this.#note(
      'this Redis user may not run CLIENT KILL: a lost connection may still deliver items late and enqueue them twice',
    )
  }
}
