import {setTimeout as wait} from 'node:timers/promises'
import type {Outage} from './outage.ts'

/**
 * How long to wait without an `Outage`: a refusal that lasts longer does not come from a failover, but from a
 * replica.
 */
const PATIENCE_MS = 10_000

const FIRST_PAUSE_MS = 50
const LONGEST_PAUSE_MS = 500

/** Limits how long one call is repeated after refusals: 10 s, or with an `Outage` until that is told to stop. */
export class Patience {
  readonly #outageOf: () => Outage | undefined
  #since: number | undefined
  #pauseMs = FIRST_PAUSE_MS

  /** @param outageOf asked at each refusal, since another call may prove meanwhile that the address was right */
  constructor(outageOf: () => Outage | undefined) {
    this.#outageOf = outageOf
  }

  /** Waits a little after the refusal `error`. @returns false if the refusals have lasted too long */
  async wait(error: unknown): Promise<boolean> {
    this.#since ??= performance.now()
    const outage = this.#outageOf()
    outage?.away(error)
    const isOver = outage ? outage.signal.aborted : performance.now() - this.#since > PATIENCE_MS
    if (isOver) return false
    await wait(this.#pauseMs)
    this.#pauseMs = Math.min(2 * this.#pauseMs, LONGEST_PAUSE_MS)
    return true
  }
}
