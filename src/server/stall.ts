import {QtoolError} from '../errors.ts'

/** How long Redis may take to confirm anything, ms. */
const PATIENCE_MS = 5000

/**
 * Notices that Redis confirms nothing any more. A producer waits for as long as it takes, and its client must not: it is
 * answered, and may send the same records again.
 */
export class Stall {
  readonly #confirmed: () => number
  readonly #controller = new AbortController()
  #last = 0
  #timer: NodeJS.Timeout | undefined

  /** @param confirmed records that Redis has confirmed so far */
  constructor(confirmed: () => number) {
    this.#confirmed = confirmed
  }

  /** Aborted once it has noticed that. */
  get signal(): AbortSignal {
    return this.#controller.signal
  }

  /** From here on, Redis is waited for. */
  begin(): void {
    clearTimeout(this.#timer)
    this.#last = this.#confirmed()
    this.#timer = setTimeout(() => this.#look(), PATIENCE_MS)
  }

  /** From here on, the client is waited for. */
  pause(): void {
    clearTimeout(this.#timer)
  }

  /** @throws QtoolError `CONNECT` once Redis confirms nothing any more; `work` goes on, and its outcome is of no interest */
  async unless<T>(work: Promise<T>): Promise<T> {
    const stalled = new Promise<never>((_, reject) => {
      this.signal.addEventListener('abort', () => reject(silent()), {once: true})
    })
    try {
      return await Promise.race([work, stalled])
    } finally {
      work.catch(() => {})
      stalled.catch(() => {})
      clearTimeout(this.#timer)
    }
  }

  #look(): void {
    if (this.#confirmed() === this.#last) this.#controller.abort()
    else this.begin()
  }
}

function silent(): QtoolError {
  return new QtoolError(`Redis has not confirmed anything for ${PATIENCE_MS / 1000} s`, {
    code: 'CONNECT',
    kind: 'connect',
    suggestions: [
      'send the same records again; those that arrived and are still in the queue count as duplicates',
    ],
  })
}
