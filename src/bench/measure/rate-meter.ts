export interface RateMeterOptions {
  /** Uncounted ms at the beginning. */
  warmupMs: number
  /** Counted ms. */
  ms: number
  /** Items after which it ends early, including those of the warm-up. */
  most: number
}

export interface MeteredRate {
  /** Counted items, and the seconds in which they came. */
  items: number
  seconds: number
  /** Items of each whole counted second. */
  perSecond: number[]
}

/**
 * Measures the rate of a total that rises as fast as it can, e.g. of answered items. Items in flight at either end are
 * left out: with 4,000 in flight over a slow link, the wait for the last of them would lower the rate.
 */
export class RateMeter {
  readonly #options: RateMeterOptions
  readonly #startedAt = performance.now()
  #from: {items: number; at: number} | undefined
  #to: {items: number; at: number} | undefined
  readonly #bySecond: number[] = []
  #counted = 0

  constructor(options: RateMeterOptions) {
    this.#options = options
  }

  /** Whether the warm-up is over. */
  get isCounting(): boolean {
    return this.#from !== undefined
  }

  /** @param items total so far @returns whether to go on */
  see(items: number): boolean {
    const at = performance.now()
    const {warmupMs, ms, most} = this.#options
    if (at - this.#startedAt < warmupMs && items < most / 2) return true
    this.#from ??= {items, at}
    this.#count(items, at - this.#from.at)
    this.#to = {items, at}
    return at - this.#from.at < ms && items < most
  }

  result(): MeteredRate {
    if (!this.#from || !this.#to) return {items: 0, seconds: 0, perSecond: []}
    const ms = this.#to.at - this.#from.at
    const whole = Math.floor(ms / 1000)
    return {
      items: this.#to.items - this.#from.items,
      seconds: ms / 1000,
      perSecond: Array.from({length: whole}, (_, i) => this.#bySecond[i] ?? 0),
    }
  }

  #count(items: number, sinceFrom: number): void {
    // Items at the very end of a second belong to that second; this includes the end of the last one
    const second = Math.max(0, Math.ceil(sinceFrom / 1000) - 1)
    const sinceLast = items - (this.#from?.items ?? 0) - this.#counted
    this.#bySecond[second] = (this.#bySecond[second] ?? 0) + sinceLast
    this.#counted += sinceLast
  }
}
