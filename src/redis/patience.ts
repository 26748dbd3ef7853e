import {setTimeout as wait} from 'node:timers/promises'
import type {Outage} from './outage.ts'

/** A script holds Redis, it loads its file, cannot write it, or a failover or a move of slots is under way. BUSYKEY is none of them. */
const TRANSIENT = /^(BUSY|LOADING|READONLY|MASTERDOWN|CLUSTERDOWN|TRYAGAIN|NOREPLICAS|MISCONF) /

/** A refusal that lasts longer is no failover, but a replica, for whoever cannot wait without end. */
const PATIENCE_MS = 10_000

const FIRST_PAUSE_MS = 50
const LONGEST_PAUSE_MS = 500

/** Whether Redis is there, and refused a call that it may take a little later. Nothing of it was executed. */
export function isTransient(error: unknown): boolean {
  return error instanceof Error && TRANSIENT.test(error.message)
}

/** How long one call may be refused before that is its answer: 10 s, or with an outage until it is told to stop. */
export class Patience {
  readonly #outage: Outage | undefined
  #since: number | undefined
  #pauseMs = FIRST_PAUSE_MS

  constructor(outage?: Outage) {
    this.#outage = outage
  }

  /** Waits a little after the refusal `error`. @returns false where it has lasted for too long */
  async wait(error: unknown): Promise<boolean> {
    this.#since ??= performance.now()
    this.#outage?.away(error)
    const isOver = this.#outage ? this.#outage.signal.aborted : performance.now() - this.#since > PATIENCE_MS
    if (isOver) return false
    await wait(this.#pauseMs)
    this.#pauseMs = Math.min(2 * this.#pauseMs, LONGEST_PAUSE_MS)
    return true
  }
}
