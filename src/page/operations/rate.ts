/** Time over which a rate is taken, ms. */
const OVER_MS = 5000

/** How fast a number grows, from the last seconds. */
export class Growth {
  #points: Array<{at: number; value: number}> = []

  add(value: number, at: number): void {
    const last = this.#points.at(-1)
    if (last && value < last.value) this.#points = []
    this.#points.push({at, value})
    // One point older than the time stays, so that there are always two to compare
    while (this.#points.length > 2 && this.#points[1].at <= at - OVER_MS) this.#points.shift()
  }

  /** Per second; undefined until there are two points. */
  get perSecond(): number | undefined {
    const [first, last] = [this.#points[0], this.#points.at(-1)]
    if (!first || !last || last.at <= first.at) return undefined
    return ((last.value - first.value) * 1000) / (last.at - first.at)
  }
}
