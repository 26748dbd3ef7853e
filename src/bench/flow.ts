import type {Redis} from 'ioredis'
import type {Items} from '../queue/items.ts'
import {closeRedis, duplicateRedis} from '../redis/client.ts'
import {type Bench, drainPlace} from './bench.ts'
import type {ArrivalKind} from './measure/arrivals.ts'
import {startEvidence} from './measure/collect-evidence.ts'
import type {Evidence} from './measure/evidence.ts'
import {LatencyHistogram} from './measure/histogram.ts'
import {type OpenLoopResult, runOpenLoop} from './measure/open-loop.ts'
import {pointMaker, pointNumbers} from './points.ts'
import {Random} from './stats/random.ts'
import {slopeOf} from './stats/slope.ts'

export interface FlowOptions {
  /** Records a second. */
  rate: number
  seconds: number
  /** Whole seconds before, which are not counted. */
  warmupSeconds: number
  arrivals: ArrivalKind
  seed: number
  /** 0: nothing is drained, and a record is done when Redis has answered. */
  workers: number
  batch: number
  /** Told of every row that is committed, with the time at which its record was sent. */
  onRow?: (sentAt: number) => void
}

/** Records that were enqueued at a rate while workers drained them. */
export interface Flow {
  /** From when a record was meant to be sent until its row was committed. */
  rows: OpenLoopResult
  /** The same until Redis had answered. */
  replies: {corrected: LatencyHistogram; raw: LatencyHistogram}
  /** Numbers of the points that Redis confirmed, warm-up included. */
  acked: number[]
  /** Records without a row, each second, on average. */
  backlogPerSecond: number
  evidence: Evidence
}

/** A reply that takes longer has failed. */
const REPLY_MS = 2000

/** Unanswered records at most: beyond this many seconds of load it has failed anyway. */
const MOST_SECONDS_BEHIND = 10

/** From here on a look a second is enough to know what a run waits for. */
const LONG_SECONDS = 20

/** Sends records one by one at a rate, drains them, and times each until COMMIT has said that its row is there. */
export async function runFlow(bench: Bench, options: FlowOptions): Promise<Flow> {
  // Nothing is sent twice: a record that was drained meanwhile would become a second row by our own doing
  const producer = await duplicateRedis(bench.redis, {
    autoResendUnfulfilledCommands: false,
    commandTimeout: REPLY_MS,
  })
  producer.on('error', () => {})
  const over = new AbortController()
  const signal = AbortSignal.any([bench.signal, over.signal])
  const load = new Load(producer, bench, options)
  let failure: unknown
  const drained = drainAll(bench, options, load, over.signal).catch((error: unknown) => {
    failure = error
    over.abort()
  })
  try {
    await producer.connect()
    const flow = await measure(bench, options, load, signal)
    if (failure !== undefined) throw failure
    return flow
  } finally {
    over.abort()
    await drained
    closeRedis(producer)
  }
}

async function drainAll(
  bench: Bench,
  {workers, batch}: FlowOptions,
  load: Load,
  signal: AbortSignal,
): Promise<void> {
  if (workers === 0) return
  const onWritten = (items: Items) => load.written(pointNumbers(items))
  await drainPlace(bench, {workers, batch, untilEmpty: false, signal, onWritten})
}

async function measure(bench: Bench, options: FlowOptions, load: Load, signal: AbortSignal): Promise<Flow> {
  const {rate, seconds, warmupSeconds} = options
  const behind: Array<[number, number]> = []
  // Often enough in a short run; in a long one looking four times a second would cost more than a percent of a core
  const everyMs = seconds >= LONG_SECONDS ? 1000 : 250
  let evidence = startEvidence({redis: bench.observer, pool: bench.pool, everyMs})
  const random = new Random(options.seed)
  const rows = await runOpenLoop({
    ...options,
    random: () => random.next(),
    send: (i, waitedMs) => load.send(i, waitedMs),
    maxInFlight: Math.max(1000, rate * MOST_SECONDS_BEHIND),
    signal,
    onSecond: ({second, warmup, inFlight, waiting}) => {
      if (!warmup) behind.push([second, inFlight + waiting])
      // What the warm-up cost is not what the load costs
      if (second === warmupSeconds - 1) {
        void evidence.then((started) => started.stop()).catch(() => {})
        evidence = startEvidence({redis: bench.observer, pool: bench.pool, everyMs})
      }
    },
  })
  return {
    rows,
    replies: load.replies,
    acked: load.acked,
    backlogPerSecond: slopeOf(behind),
    evidence: await (await evidence).stop(),
  }
}

class Load {
  readonly acked: number[] = []
  readonly replies = {corrected: new LatencyHistogram(), raw: new LatencyHistogram()}
  readonly #redis: Redis
  readonly #key: string
  readonly #make: (i: number) => string
  readonly #warm: number
  readonly #isDrained: boolean
  readonly #onRow: (sentAt: number) => void
  readonly #open = new Map<number, {sentAt: number; committed: () => void}>()

  constructor(redis: Redis, {place}: Bench, {rate, warmupSeconds, workers, onRow = () => {}}: FlowOptions) {
    this.#redis = redis
    this.#key = place.keys.ready
    this.#make = pointMaker(place.flights)
    this.#warm = rate * warmupSeconds
    this.#isDrained = workers > 0
    this.#onRow = onRow
  }

  /** Settles once the row of the record is committed. */
  async send(i: number, waitedMs: number): Promise<void> {
    const sentAt = performance.now()
    const committed = new Promise<void>((resolve) => {
      this.#open.set(i, {sentAt, committed: resolve})
    })
    try {
      await this.#redis.zadd(this.#key, 'NX', Date.now(), this.#make(i))
    } catch (error) {
      this.#open.delete(i)
      throw error
    }
    this.acked.push(i)
    const took = performance.now() - sentAt
    if (i >= this.#warm) {
      this.replies.raw.record(took)
      this.replies.corrected.record(took + waitedMs)
    }
    if (this.#isDrained) await committed
    else this.#open.delete(i)
  }

  written(numbers: number[]): void {
    for (const i of numbers) {
      const record = this.#open.get(i)
      if (!record) continue
      this.#open.delete(i)
      record.committed()
      this.#onRow(record.sentAt)
    }
  }
}
