/** Turns a rising total into counts for each second since the start. */
export class PerSecond {
  readonly #counts: number[] = []
  readonly #started = performance.now()
  #known = 0

  at(total: number): void {
    const second = Math.floor((performance.now() - this.#started) / 1000)
    while (this.#counts.length <= second) this.#counts.push(0)
    this.#counts[second] += total - this.#known
    this.#known = total
  }

  /** Counts of all seconds but the last, which is rarely complete. */
  get counts(): number[] {
    return this.#counts.slice(0, -1)
  }
}
