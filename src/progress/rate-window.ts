/** Rates are means over this time, ms: what is done in steps would show none or twice as much over a shorter one. */
const WINDOW_MS = 10_000

/** A shorter time says nothing of a rate, ms. */
const LEAST_MS = 1000

/** Readings that are closer than this are one, ms: a stage may report thousands of times a second. */
const APART_MS = 200

interface Reading {
  atMs: number
  value: number
}

/** How fast a counter has grown lately. */
export class RateWindow {
  readonly #readings: Reading[] = []

  /** @param atMs by any steady clock */
  add(atMs: number, value: number): void {
    const [before, last] = [this.#readings.at(-2), this.#readings.at(-1)]
    if (before && last && last.atMs - before.atMs < APART_MS) this.#readings.pop()
    this.#readings.push({atMs, value})
    // The last reading that is older than the window is where it begins
    while (this.#readings.length > 1 && atMs - this.#readings[1].atMs >= WINDOW_MS) this.#readings.shift()
  }

  /** Growth a second over the last ten seconds; null before there is a second to measure. */
  perSecond(atMs: number): number | null {
    const last = this.#readings.at(-1)
    const begin = this.#readings.findLast((one) => atMs - one.atMs >= WINDOW_MS) ?? this.#readings.at(0)
    if (!begin || !last) return null
    const ms = atMs - begin.atMs
    return ms < LEAST_MS ? null : ((last.value - begin.value) * 1000) / ms
  }
}

/** How long the rest takes at a rate, ms; null where that cannot be known. */
export function timeLeft(rest: number, perSecond: number | null): number | null {
  return perSecond === null || perSecond <= 0 ? null : (rest * 1000) / perSecond
}
