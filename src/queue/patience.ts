import {setTimeout as wait} from 'node:timers/promises'

/** A script holds Redis, it loads its file, a failover or a move of slots is under way. BUSYKEY is none of them. */
const PASSING = /^(BUSY|LOADING|READONLY|MASTERDOWN|CLUSTERDOWN|TRYAGAIN|NOREPLICAS) /

/** A refusal that lasts longer does not pass by itself: this is no failover, but a replica. */
const PATIENCE_MS = 10_000

const FIRST_PAUSE_MS = 50
const LONGEST_PAUSE_MS = 500

/** Whether Redis is there, and refused a call that it may take a little later. Nothing of it was executed. */
export function isPassing(error: unknown): boolean {
  return error instanceof Error && PASSING.test(error.message)
}

/** How long one call may be refused before that is its answer. */
export class Patience {
  #since: number | undefined
  #pauseMs = FIRST_PAUSE_MS

  /** Waits a little. @returns false where it was refused for too long */
  async wait(): Promise<boolean> {
    this.#since ??= performance.now()
    if (performance.now() - this.#since > PATIENCE_MS) return false
    await wait(this.#pauseMs)
    this.#pauseMs = Math.min(2 * this.#pauseMs, LONGEST_PAUSE_MS)
    return true
  }
}

/** Asks again while Redis refuses; for calls that change nothing. */
export async function patiently<T>(ask: () => Promise<T>): Promise<T> {
  const patience = new Patience()
  for (;;) {
    try {
      return await ask()
    } catch (error) {
      if (!isPassing(error)) throw error
      if (!(await patience.wait())) throw error
    }
  }
}
