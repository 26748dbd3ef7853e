/**
 * Tommy Ettinger's mulberry32: small, fast, the same everywhere. Its 32 bits of state repeat after 4 billion numbers,
 * enough for arrivals and resampling, not for secrets.
 */
export class Random {
  #state: number

  /** The same seed gives the same numbers. */
  constructor(seed: number) {
    this.#state = seed | 0
  }

  /** A number in [0, 1). */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0
    let t = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }

  /** A whole number in [0, `limit`). */
  below(limit: number): number {
    return Math.floor(this.next() * limit)
  }
}
