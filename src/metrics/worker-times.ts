import {Histogram, type Registry} from 'prom-client'
import type {QueueEngine} from '../queue/engine.ts'
import {readScore} from '../queue/zset/read-score.ts'
import type {HeldLease} from '../worker/held-lease.ts'
import type {WorkerObserver} from '../worker/observer.ts'

/** Seconds: a write lasts ms, and no longer than its lease. */
const WRITE_BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60]

/** Seconds: an item may wait for ms or over a weekend. */
const WAIT_BUCKETS = [
  ...[0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30],
  ...[60, 300, 900, 3600, 14_400, 86_400],
]

/** How often the scores of a lease are read, ms: of every lease they would cost Redis a third of a drain. */
const SAMPLE_MS = 1000

/** Items of such a lease whose time counts. */
const SAMPLED_ITEMS = 20

/** Measures how long a lease takes to write, and how long its items took from their producer to COMMIT. */
export function timeWork(registry: Registry, queue: QueueEngine): WorkerObserver {
  const registers = [registry]
  const writes = new Histogram({
    name: 'qtool_lease_write_seconds',
    help: 'From the request for a Postgres connection to the reply to COMMIT, for each lease.',
    buckets: WRITE_BUCKETS,
    registers,
  })
  const waits = new Histogram({
    name: 'qtool_enqueue_to_row_seconds',
    help: 'From enqueue to COMMIT, of a sample: 20 items of at most one lease a second.',
    buckets: WAIT_BUCKETS,
    registers,
  })
  const sampler = new Sampler(queue)
  return {
    taken: (lease) => sampler.taken(lease),
    written(lease, _written, ms) {
      writes.observe(ms / 1000)
      void sampler.waitsOf(lease).then((all) => {
        for (const wait of all) waits.observe(wait / 1000)
      })
    },
  }
}

interface Sampled {
  /** ms of `performance.now()`. */
  takenAt: number
  /** How long its items had waited when it was taken, ms. */
  waited: Promise<number[]>
}

/** Reads when the items of a few leases were enqueued. */
class Sampler {
  readonly #queue: QueueEngine
  readonly #sampled = new WeakMap<HeldLease, Sampled>()
  #at = Number.NEGATIVE_INFINITY

  constructor(queue: QueueEngine) {
    this.#queue = queue
  }

  taken(lease: HeldLease): void {
    const now = performance.now()
    if (!this.#queue.can.age || !('items' in lease) || now - this.#at < SAMPLE_MS) return
    this.#at = now
    // Redis may be away by now: then there is no sample
    const waited = this.#read(lease, lease.items.count).catch(() => [])
    this.#sampled.set(lease, {takenAt: now, waited})
  }

  /** ms from enqueue until now; none if the lease was not sampled. Two clocks, and neither is compared with the other. */
  async waitsOf(lease: HeldLease): Promise<number[]> {
    const sampled = this.#sampled.get(lease)
    if (!sampled) return []
    const held = performance.now() - sampled.takenAt
    return (await sampled.waited).map((ms) => ms + held)
  }

  async #read(lease: HeldLease, count: number): Promise<number[]> {
    const places = await this.#queue.places(lease)
    const n = Math.min(count, SAMPLED_ITEMS)
    return Array.from({length: n}, (_, i) => places.at(Math.floor((i * count) / n))).flatMap((score) => {
      const {enqueuedAt} = readScore(score, lease.takenAt)
      return enqueuedAt === undefined ? [] : [Math.max(0, lease.takenAt - enqueuedAt)]
    })
  }
}
