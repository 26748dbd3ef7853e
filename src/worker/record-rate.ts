/** A shorter time says little of a rate, ms. */
const LEAST_MS = 1000

/** How many records a second a process is done with, between two readings. */
export class RecordRate {
  #records = 0
  #since = performance.now()
  #last = 0

  add(records: number): void {
    this.#records += records
  }

  /** The rate since the last reading, or as it was then if that was less than a second ago; 0 at first. */
  read(): number {
    const now = performance.now()
    const ms = now - this.#since
    if (ms < LEAST_MS) return this.#last
    this.#last = Math.round((this.#records / ms) * 10_000) / 10
    this.#records = 0
    this.#since = now
    return this.#last
  }
}
