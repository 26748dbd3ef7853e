import {QtoolError} from '../errors.ts'

/** How many may do something at a time. Those who wait enter in their order, or fail once their time is over. */
export class Gate {
  readonly #max: number
  readonly #waitMs: number
  readonly #busy: () => QtoolError
  readonly #waiting = new Set<() => void>()
  #inside = 0

  /** @param busy what those are told whose wait was in vain */
  constructor({max, waitMs, busy}: {max: number; waitMs: number; busy: string}) {
    this.#max = max
    this.#waitMs = waitMs
    this.#busy = () =>
      new QtoolError(`${busy}; ${max} at a time are allowed, and none ended within ${waitMs} ms`, {
        code: 'BUSY',
        suggestions: ['try again after the time of the Retry-After header'],
      })
  }

  get inside(): number {
    return this.#inside
  }

  get max(): number {
    return this.#max
  }

  get waiting(): number {
    return this.#waiting.size
  }

  /** Runs `work` as soon as there is room. @throws QtoolError `BUSY` */
  async pass<T>(work: () => Promise<T>): Promise<T> {
    if (this.#inside < this.#max) this.#inside++
    else await this.#wait()
    try {
      return await work()
    } finally {
      this.#leave()
    }
  }

  /** Whoever leaves hands the place on to the next, so that nobody who comes later gets in between. */
  #leave(): void {
    const [next] = this.#waiting
    if (next) next()
    else this.#inside--
  }

  #wait(): Promise<void> {
    return new Promise((resolve, reject) => {
      const enter = () => {
        clearTimeout(timer)
        this.#waiting.delete(enter)
        resolve()
      }
      const timer = setTimeout(() => {
        this.#waiting.delete(enter)
        reject(this.#busy())
      }, this.#waitMs)
      this.#waiting.add(enter)
    })
  }
}
