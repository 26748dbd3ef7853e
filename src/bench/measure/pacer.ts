export interface PacerOptions {
  tickMs: number
  /** The next time something is meant to happen, ms from the start; rising. */
  next: () => number
  /** When it ends, ms from the start. */
  endMs: number
  /** Called for what is due: meant for `intended`, noticed at `now`, at most half a ms earlier; ms from the start. */
  onDue(intended: number, now: number): void
  /** `onDue` has been called for everything that was due. */
  onTick(): void
}

/** Node's timers have a resolution of 1 ms: what is due within half of that is due now. */
const GRAIN_MS = 0.5

/**
 * Calls back when something is due, in ticks: a time between two ticks is moved to the earlier one. With a schedule as
 * coarse as the timers, lateness comes from the machine and not from the design, and no rate needs a whole core. When a
 * reply wakes the event loop, what has become due is sent at once, at no extra cost.
 */
export class Pacer {
  readonly #options: PacerOptions
  #startedAt = 0
  #endMs: number
  #nextAt: number
  #timer: NodeJS.Timeout | undefined
  #immediate: NodeJS.Immediate | undefined
  #onEnd: () => void = () => {}

  constructor(options: PacerOptions) {
    this.#options = options
    this.#endMs = options.endMs
    this.#nextAt = this.#next()
  }

  /** ms since the start. */
  get elapsed(): number {
    return this.since(performance.now())
  }

  /** ms from the start to a time that `performance.now()` has given. */
  since(at: number): number {
    return at - this.#startedAt
  }

  /**
   * Runs to its end, or to `stop`.
   * @param startedAt as `performance.now()` gives it
   * @returns when it ended, ms from the start
   */
  async run(startedAt = performance.now()): Promise<number> {
    this.#startedAt = startedAt
    const ended = new Promise<void>((resolve) => {
      this.#onEnd = resolve
    })
    this.#onTimer()
    await ended
    return this.#endMs
  }

  /** Ends the run; nothing is called after that. */
  stop(): void {
    this.#endMs = Math.min(this.#endMs, this.elapsed)
    this.#finish()
  }

  /** The event loop is awake: what is due need not wait for the next tick. */
  nudge(): void {
    if (this.#immediate || this.#nextAt > this.elapsed) return
    this.#immediate = setImmediate(() => {
      this.#immediate = undefined
      this.#tick()
    })
  }

  /** Handles what is due by now, but not what becomes due meanwhile: replies must be read in between. */
  #tick(): number {
    const now = this.elapsed
    while (this.#nextAt <= now + GRAIN_MS && this.#nextAt < this.#endMs) {
      const intended = this.#nextAt
      this.#nextAt = this.#next()
      this.#options.onDue(intended, now)
    }
    this.#options.onTick()
    return now
  }

  #next(): number {
    const {next, tickMs} = this.#options
    return Math.floor(next() / tickMs) * tickMs
  }

  #onTimer(): void {
    if (this.#tick() >= this.#endMs) {
      this.#finish()
      return
    }
    const ms = Math.min(this.#nextAt, this.#endMs) - this.elapsed
    // Node takes any delay below 1 as 1
    this.#timer = setTimeout(() => this.#onTimer(), Math.round(ms))
  }

  #finish(): void {
    clearTimeout(this.#timer)
    clearImmediate(this.#immediate)
    this.#immediate = undefined
    this.#nextAt = Number.POSITIVE_INFINITY
    this.#onEnd()
  }
}
