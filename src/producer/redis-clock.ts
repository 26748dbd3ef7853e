import type {Redis} from 'ioredis'

/** Clocks of two machines, or a clock that was set, drift apart by little in that time. */
const TRUSTED_MS = 10_000

/** The clock of Redis, read once in a while and counted on in between; never ahead of it when read. */
export class RedisClock {
  #offset = 0
  #readAt = Number.NEGATIVE_INFINITY

  get isStale(): boolean {
    return performance.now() - this.#readAt > TRUSTED_MS
  }

  /** The answer took a moment to come: what Redis said is at most as late as it is now. */
  async read(redis: Redis): Promise<void> {
    const [seconds, micros] = await redis.time()
    this.#readAt = performance.now()
    this.#offset = Number(seconds) * 1000 + Number(micros) / 1000 - this.#readAt
  }

  /** ms since 1970. */
  readonly now = (): number => this.#offset + performance.now()
}
