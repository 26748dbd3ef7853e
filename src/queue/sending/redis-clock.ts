import type {Redis} from 'ioredis'

/**
 * How long a reading is used: two clocks drift apart only a little in that time, and a clock that was set is noticed
 * after it.
 */
const TRUSTED_MS = 10_000

/** The clock of Redis, read now and then and extrapolated in between; a reading is never ahead of it. */
export class RedisClock {
  #offset = 0
  #readAt = Number.NEGATIVE_INFINITY

  get isStale(): boolean {
    return performance.now() - this.#readAt > TRUSTED_MS
  }

  /** The reply took a moment to come, so the time in it is not later than now. */
  async read(redis: Redis): Promise<void> {
    const [seconds, micros] = await redis.time()
    this.#readAt = performance.now()
    this.#offset = Number(seconds) * 1000 + Number(micros) / 1000 - this.#readAt
  }

  /** ms since 1970. */
  readonly now = (): number => this.#offset + performance.now()
}
