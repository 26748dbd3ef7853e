/** The connection was lost before the reply came; whether the call was executed is not known yet. */
export class CutError extends Error {}

/**
 * Notifies everyone who waits for a reply that the connection was lost. Each waiter is a callback that can be
 * removed, not a promise to race against: a promise that stays pending for hours keeps every one of its races in
 * memory.
 */
export class Cuts {
  /** Number of connections lost so far. */
  count = 0
  readonly #waiting = new Set<() => void>()

  /** Returns `answer`. @throws CutError if the connection is lost first */
  async unless<T>(answer: Promise<T>): Promise<T> {
    const {count} = this
    let onCut = () => {}
    try {
      return await new Promise<T>((resolve, reject) => {
        onCut = () => reject(new CutError())
        this.#waiting.add(onCut)
        answer.then(resolve, reject)
      })
    } catch (error) {
      // The client may report the broken connection before `happen` is called
      throw count === this.count ? error : new CutError()
    } finally {
      this.#waiting.delete(onCut)
    }
  }

  /** Resolves when the next connection is lost. */
  next(): Promise<void> {
    return new Promise((resolve) => this.#waiting.add(resolve))
  }

  /** Reports that the connection is lost. */
  happen(): void {
    this.count++
    const waiting = [...this.#waiting]
    this.#waiting.clear()
    for (const tell of waiting) tell()
  }
}
