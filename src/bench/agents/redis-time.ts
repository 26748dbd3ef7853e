/** Samples of one reading; the one with the shortest round trip counts. */
const SAMPLES = 8

/** Interval between readings, ms. */
export const CLOCK_MS = 2000

/** How much two clocks may drift apart, as a share of the time that passes. */
const DRIFT = 1e-4

/** What Redis answers to TIME: seconds and microseconds since 1970. */
export type AskTime = () => Promise<readonly (number | string)[]>

interface Reading {
  /** What is added to `performance.now()` to get the time of Redis, ms. */
  offset: number
  /** How far off that may be, ms: half of the round trip. */
  uncertainty: number
  /** As `performance.now()` gives it. */
  at: number
}

/**
 * The clock of Redis as several hosts share it. It is read now and then, and extrapolated from the monotonic clock of
 * this process, so that it does not matter whether the clock of this host is right.
 */
export class RedisTime {
  readonly #ask: AskTime
  #reading: Reading
  /** The worst uncertainty of the readings so far, ms. */
  worst: number
  /** The farthest that the two clocks moved against each other between readings, ms. */
  moved = 0

  private constructor(ask: AskTime, first: Reading) {
    this.#ask = ask
    this.#reading = first
    this.worst = first.uncertainty
  }

  static async open(ask: AskTime): Promise<RedisTime> {
    return new RedisTime(ask, await read(ask))
  }

  /** Reads again, since clocks drift apart. A reading that is less certain than the last one by now is not used. */
  async refresh(): Promise<void> {
    const next = await read(this.#ask)
    const {offset, uncertainty, at} = this.#reading
    const aged = uncertainty + (next.at - at) * DRIFT
    // What the uncertainties explain is no movement
    this.moved = Math.max(this.moved, Math.abs(next.offset - offset) - aged - next.uncertainty)
    this.worst = Math.max(this.worst, Math.min(aged, next.uncertainty))
    if (next.uncertainty <= aged) this.#reading = next
  }

  /** ms since 1970. */
  now(): number {
    return performance.now() + this.#reading.offset
  }

  /** A time of Redis as `performance.now()` of this process would have given it. */
  toLocal(redisMs: number): number {
    return redisMs - this.#reading.offset
  }

  /** How far the clock of this host is behind that of Redis, ms. */
  get hostOffset(): number {
    // Date.now() leaves out parts of a ms: on average half of one
    return this.now() - (Date.now() + 0.5)
  }
}

async function read(ask: AskTime): Promise<Reading> {
  let best: Reading = {offset: 0, uncertainty: Number.POSITIVE_INFINITY, at: 0}
  for (let i = 0; i < SAMPLES; i++) {
    const sentAt = performance.now()
    const [seconds, micros] = await ask()
    const halfTrip = (performance.now() - sentAt) / 2
    const offset = Number(seconds) * 1000 + Number(micros) / 1000 - (sentAt + halfTrip)
    if (halfTrip < best.uncertainty) best = {offset, uncertainty: halfTrip, at: sentAt}
  }
  return best
}
