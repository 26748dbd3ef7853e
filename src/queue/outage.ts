import {ReplyError} from 'ioredis'
import {messageOf} from '../errors.ts'

/** An absence that is shorter, such as a failover, is not worth a line. */
const TOLD_AFTER_MS = 1000

/**
 * A producer's patience with a Redis that is away: it waits without end, since a pipe cannot be read again, until it
 * is told to stop. Says so once when Redis has been away for a second, and once when it is back.
 */
export class Outage {
  readonly signal: AbortSignal
  readonly #note: (text: string) => void
  #since: number | undefined
  #isTold = false
  #isRefusal = false
  #isUnfenced = false

  /** @param options.signal ends all waiting, but not what Redis is still answering */
  constructor(options: {signal: AbortSignal; note: (text: string) => void}) {
    this.signal = options.signal
    this.#note = options.note
  }

  /** An attempt has met `reason`; another one follows. */
  away(reason: unknown): void {
    this.#isRefusal = reason instanceof ReplyError
    this.#since ??= performance.now()
    if (this.#isTold || performance.now() - this.#since < TOLD_AFTER_MS) return
    this.#isTold = true
    const what = this.#isRefusal ? 'Redis takes no items' : 'Redis is unreachable'
    this.#note(`${what}: ${messageOf(reason)}; waiting`)
  }

  /** There is a connection again, which proves nothing about a server that had refused to write. */
  connected(): void {
    if (!this.#isRefusal) this.served()
  }

  /** Redis has done what it was asked for. */
  served(): void {
    this.#since = undefined
    if (!this.#isTold) return
    this.#isTold = false
    this.#note('Redis is back')
  }

  /** A connection was lost that this user may not kill: said once. */
  unfenced(): void {
    if (this.#isUnfenced) return
    this.#isUnfenced = true
    this.#note(
      'this Redis user may not run CLIENT KILL: what a lost connection still delivers later could enqueue items twice',
    )
  }
}
