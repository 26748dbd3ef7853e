import type {Redis} from 'ioredis'
import type {Durability} from '../config/durability.ts'
import {openQueue} from '../queue/open.ts'
import type {Producer} from '../queue/producer.ts'
import {Gate} from './gate.ts'

/** Of items that come over HTTP without one: what is enqueued by hand leaves first. */
const USUAL_PRIORITY = 10

/** Items that one command of a producer carries. */
const BATCH = 1000

/** How long a request waits for a producer, ms. */
const WAIT_MS = 1000

interface Kept {
  key: string
  producer: Producer
}

/** Producers with a connection of their own, kept open from one request to the next. */
export class Producers {
  readonly #redis: Redis
  readonly #durability: Durability
  readonly #gate: Gate
  readonly #idle: Kept[] = []
  readonly #used = new Set<Producer>()
  #isClosed = false

  /** @param max connections to Redis that they may use in all */
  constructor(redis: Redis, {max, durability}: {max: number; durability: Durability}) {
    this.#redis = redis
    this.#durability = durability
    const busy = 'all connections to Redis that this server may use for enqueueing are in use'
    this.#gate = new Gate({max, waitMs: WAIT_MS, busy})
  }

  get gate(): Gate {
    return this.#gate
  }

  /**
   * Lends a producer to one request at a time. @param notKept told that nobody could check whether Redis evicts keys
   * @throws QtoolError `BUSY` if none comes free in time, `EVICTION` if Redis may evict keys
   */
  lend<T>(
    queue: string,
    {priority, notKept}: {priority?: number; notKept(): void},
    use: (producer: Producer) => Promise<T>,
  ): Promise<T> {
    const key = `${priority ?? ''} ${queue}`
    return this.#gate.pass(async () => {
      const producer = (await this.#takeIdle(key)) ?? (await this.#open(queue, priority, notKept))
      this.#used.add(producer)
      try {
        return await use(producer)
      } finally {
        this.#used.delete(producer)
        if (producer.failed.aborted || this.#isClosed) await producer.close()
        else this.#idle.push({key, producer})
      }
    })
  }

  /** Closes all, also those in use: what waits for Redis fails. */
  async close(): Promise<void> {
    this.#isClosed = true
    const all = [...this.#idle.splice(0).map(({producer}) => producer), ...this.#used]
    await Promise.all(all.map((producer) => producer.close()))
  }

  /** An idle producer of this kind; one of another kind is closed if there is no room for both. */
  async #takeIdle(key: string): Promise<Producer | undefined> {
    const at = this.#idle.findLastIndex((one) => one.key === key)
    if (at >= 0) return this.#idle.splice(at, 1)[0].producer
    const isFull = this.#gate.inside + this.#idle.length > this.#gate.max
    if (isFull) await this.#idle.shift()?.producer.close()
    return undefined
  }

  async #open(queue: string, priority: number | undefined, notKept: () => void): Promise<Producer> {
    const engine = await openQueue(this.#redis, {name: queue, durability: this.#durability})
    if (!(await engine.assertKept())) notKept()
    const usual = engine.can.priority ? USUAL_PRIORITY : 0
    return engine.openProducer({mode: 'batch', batch: BATCH, priority: priority ?? usual})
  }
}
