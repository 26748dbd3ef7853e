/** Most chunks that wait for a reply: enough to keep Redis busy, few enough to hold in memory. */
export const IN_FLIGHT = 4

/** What has been sent and not been answered yet. After the first failure nothing more should be sent. */
export class Flights {
  readonly #most: number
  readonly #going = new Set<Promise<void>>()
  /** Callbacks to run when the next one has been answered. */
  readonly #onLanded = new Set<() => void>()
  readonly #failed = new AbortController()
  #failure: unknown

  /** @param most - how many may be in flight at a time, as `room` ensures */
  constructor(most: number) {
    this.#most = most
  }

  /** Aborted by the first failure, which `check` throws. */
  get failed(): AbortSignal {
    return this.#failed.signal
  }

  /** @throws the first failure */
  check(): void {
    if (this.#failure !== undefined) throw this.#failure
  }

  fail(error: unknown): void {
    this.#failure ??= error
    this.#failed.abort()
  }

  start(work: () => Promise<unknown>): void {
    const flight: Promise<void> = work()
      .then(() => {})
      .catch((error: unknown) => this.fail(error))
      .finally(() => {
        this.#going.delete(flight)
        const waiting = [...this.#onLanded]
        this.#onLanded.clear()
        for (const tell of waiting) tell()
      })
    this.#going.add(flight)
  }

  /** Resolves when another one may start. @throws the first failure */
  async room(): Promise<void> {
    while (this.#going.size >= this.#most && this.#failure === undefined) {
      await new Promise<void>((resolve) => this.#onLanded.add(resolve))
    }
    this.check()
  }

  /** Resolves when all have been answered, or have failed. */
  async landed(): Promise<void> {
    await Promise.all(this.#going)
  }
}
