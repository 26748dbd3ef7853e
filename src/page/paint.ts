/** Shortest time between two paintings: nobody reads figures that change faster. ms */
const LEAST_MS = 250

/**
 * Paints the newest of what comes: at most four times a second, however many events arrive, and not at all while
 * nobody looks.
 */
export class Painter<T> {
  readonly #paint: (value: T) => void
  #newest: {value: T} | undefined
  #paintedAt = Number.NEGATIVE_INFINITY
  #timer: ReturnType<typeof setTimeout> | undefined

  constructor(paint: (value: T) => void) {
    this.#paint = paint
  }

  show(value: T): void {
    this.#newest = {value}
    const dueMs = this.#paintedAt + LEAST_MS - performance.now()
    this.#timer ??= setTimeout(() => requestAnimationFrame(() => this.#flush()), Math.max(0, dueMs))
  }

  close(): void {
    clearTimeout(this.#timer)
    this.#newest = undefined
  }

  #flush(): void {
    this.#timer = undefined
    if (!this.#newest) return
    const {value} = this.#newest
    this.#newest = undefined
    this.#paintedAt = performance.now()
    this.#paint(value)
  }
}
