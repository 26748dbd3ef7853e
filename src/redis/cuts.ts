/** The connection was lost before the answer came: whether the call was executed is not known yet. */
export class CutError extends Error {}

/**
 * Tells everybody who waits for an answer that their connection was lost. Waiting is a callback that is taken back, not
 * a promise to race against: a promise that lives for hours keeps every race that it has not decided in memory.
 */
export class Cuts {
  /** Connections that were lost so far. */
  count = 0
  readonly #waiting = new Set<() => void>()

  /** The answer. @throws CutError where the connection is lost before */
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

  /** Resolves at the next one. */
  next(): Promise<void> {
    return new Promise((resolve) => this.#waiting.add(resolve))
  }

  /** The connection is lost. */
  happen(): void {
    this.count++
    const waiting = [...this.#waiting]
    this.#waiting.clear()
    for (const tell of waiting) tell()
  }
}
