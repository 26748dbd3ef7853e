import {setTimeout as delay} from 'node:timers/promises'
import type {Redis} from 'ioredis'
import {type EnqueueMode, Enqueuer} from '../queue/enqueuer.ts'
import {patiently} from '../queue/patience.ts'
import {ScoreClock} from '../queue/score.ts'
import {assertKeepsKeys} from '../redis/eviction.ts'
import type {QueueKeys} from '../redis/keys.ts'
import {type ItemShape, itemShape} from './item-shape.ts'
import type {Batch, Flight, Reject, Source} from './source.ts'

export interface LoadOptions {
  keys: QueueKeys
  mode: EnqueueMode
  /** Items of one chunk. */
  batch: number
  priority: number
  /** Records per second in all. */
  rate?: number
  /** Wait while the queue holds this many items. */
  maxDepth?: number
  /** Records of one envelope. */
  group?: number
  /** Key of the records in an envelope. */
  records: string
  /** Make each item different, so that repeats do not collapse. */
  keepDuplicates: boolean
  /** Stop reading; what is under way is finished. */
  signal: AbortSignal
  onFlights: (flights: Flight[]) => Promise<void>
  onReject: (reject: Reject) => Promise<void> | void
  onProgress?: (result: LoadResult) => void
  onWait?: (depth: number) => void
}

/** Counts of records, but for `items`: read = enqueued + duplicates + rejected. */
export interface LoadResult {
  read: number
  enqueued: number
  duplicates: number
  rejected: number
  /** Members added to the queue; fewer than `enqueued` with envelopes. */
  items: number
  rejectedByCode: Record<string, number>
}

/** Most records between two looks at the clock and at the depth of the queue. */
const STEP = 1000

/** Puts all that a source yields into a queue. A failure leaves what was accepted in `result`. */
export async function load(
  redis: Redis,
  source: Source,
  options: LoadOptions,
  result: LoadResult,
): Promise<void> {
  await assertKeepsKeys(redis)
  const clock = new ScoreClock(options.priority, await redisClock(redis))
  const {keys, mode, batch} = options
  const enqueuer = await Enqueuer.open(redis, {keys, mode, batch, clock})
  const loader = new Loader(redis, enqueuer, options, result)
  try {
    await loader.takeAll(source)
  } finally {
    loader.count()
    await enqueuer.close()
  }
}

/** Ends at the signal, also while a pipe on stdin has nothing to give. */
async function* untilAborted(source: Source, signal: AbortSignal): Source {
  const iterator = source[Symbol.asyncIterator]()
  const aborted = new Promise<undefined>((resolve) => {
    if (signal.aborted) resolve(undefined)
    else signal.addEventListener('abort', () => resolve(undefined), {once: true})
  })
  for (;;) {
    const next = await Promise.race([iterator.next(), aborted])
    if (next === undefined || next.done) return
    yield next.value
  }
}

export function emptyResult(): LoadResult {
  return {read: 0, enqueued: 0, duplicates: 0, rejected: 0, items: 0, rejectedByCode: {}}
}

/** ms since 1970 as Redis counts them. */
async function redisClock(redis: Redis): Promise<() => number> {
  const [seconds, micros] = await redis.time()
  const offset = Number(seconds) * 1000 + Number(micros) / 1000 - performance.now()
  return () => offset + performance.now()
}

class Loader {
  readonly #redis: Redis
  readonly #options: LoadOptions
  readonly #result: LoadResult
  readonly #enqueuer: Enqueuer
  readonly #shape: ItemShape
  readonly #started = performance.now()
  /** Records added since the last look at clock and depth. */
  #sinceLook = 0
  #sent = 0

  constructor(redis: Redis, enqueuer: Enqueuer, options: LoadOptions, result: LoadResult) {
    this.#redis = redis
    this.#options = options
    this.#result = result
    this.#enqueuer = enqueuer
    this.#shape = itemShape(options)
    this.#enqueuer.recordsPerItem = options.group ?? 1
  }

  /** What was read goes out also where reading fails: the message says how much was enqueued. */
  async takeAll(source: Source): Promise<void> {
    try {
      for await (const batch of untilAborted(source, this.#options.signal)) await this.#take(batch)
    } catch (error) {
      await this.#finish().catch(() => {})
      throw error
    }
    await this.#finish()
  }

  count(): void {
    this.#result.enqueued = this.#enqueuer.added
    this.#result.duplicates = this.#enqueuer.duplicates
    this.#result.items = this.#enqueuer.items
  }

  async #take(batch: Batch): Promise<void> {
    if (batch.flights.length > 0) await this.#options.onFlights(batch.flights)
    for (const reject of batch.rejects) {
      this.#result.read++
      this.#result.rejected++
      this.#result.rejectedByCode[reject.code] = (this.#result.rejectedByCode[reject.code] ?? 0) + 1
      await this.#options.onReject(reject)
    }
    for (let i = 0; i < batch.count; i++) {
      const item = this.#shape.add(batch.bytes, batch.starts[i], batch.ends[i])
      this.#result.read++
      this.#sent++
      if (item) {
        const full = this.#enqueuer.add(item.bytes, item.start, item.end)
        if (full) await full
      }
      if (++this.#sinceLook >= this.#step) await this.#look()
      if (this.#options.signal.aborted) return
    }
    this.count()
    this.#options.onProgress?.(this.#result)
  }

  /** The envelope under way is smaller than the others and goes by itself. */
  async #finish(): Promise<void> {
    const last = this.#shape.finish()
    try {
      if (!last) return
      await this.#enqueuer.flush()
      this.#enqueuer.recordsPerItem = last.records
      await this.#enqueuer.add(last.bytes, last.start, last.end)
    } finally {
      await this.#enqueuer.finish()
    }
  }

  /** With a rate, steps are short enough to spread over each second. */
  get #step(): number {
    const {rate, maxDepth} = this.#options
    const most = Math.min(STEP, maxDepth ?? STEP)
    return rate === undefined ? most : Math.max(1, Math.min(most, Math.floor(rate / 20)))
  }

  async #look(): Promise<void> {
    this.#sinceLook = 0
    const {rate, maxDepth} = this.#options
    if (rate === undefined && maxDepth === undefined) return
    await this.#enqueuer.flush()
    if (rate !== undefined)
      await this.#pause((this.#sent / rate) * 1000 - (performance.now() - this.#started))
    if (maxDepth !== undefined) await this.#waitForRoom(maxDepth)
  }

  async #waitForRoom(maxDepth: number): Promise<void> {
    for (let told = false; !this.#options.signal.aborted; told = true) {
      const depth = await patiently(() => this.#redis.zcard(this.#options.keys.ready))
      if (depth < maxDepth) return
      if (!told) this.#options.onWait?.(depth)
      await this.#pause(100)
    }
  }

  async #pause(ms: number): Promise<void> {
    if (ms >= 1) await delay(ms, undefined, {signal: this.#options.signal}).catch(() => {})
  }
}
