import {openQueue} from '../../queue/open.ts'
import {closeRedis} from '../../redis/client.ts'
import type {WorkerObserver} from '../../worker/observer.ts'
import {type Bench, redisError} from '../bench.ts'
import {drainPlace} from '../drain-place.ts'
import type {ArrivalKind} from '../measure/arrivals.ts'
import {withEvidence} from '../measure/collect-evidence.ts'
import type {Evidence} from '../measure/evidence.ts'
import type {LatencyHistogram} from '../measure/histogram.ts'
import {type OpenLoopResult, runOpenLoop} from '../measure/open-loop.ts'
import {pointMaker, pointNumbers} from '../place/points.ts'
import {Random} from '../stats/random.ts'
import {slopeOf} from '../stats/slope.ts'
import {Load, type LoadOptions} from './load.ts'
import {openSender} from './sender.ts'

export interface FlowOptions extends LoadOptions {
  seconds: number
  arrivals: ArrivalKind
  seed: number
  batch: number
}

/** Records that were enqueued at a rate while workers drained them. */
export interface Flow {
  /** Timing from the scheduled send of a record to its committed row. */
  rows: OpenLoopResult
  /** Timing from the same moment to the reply of Redis. */
  replies: {corrected: LatencyHistogram; raw: LatencyHistogram}
  /** Numbers of the points that Redis confirmed, warm-up included. */
  acked: number[]
  /** Records by which the backlog, those without a row, grew each second. */
  backlogPerSecond: number
  evidence: Evidence
}

/** Limit on records in flight, in seconds of load: a run that is further behind has failed anyway. */
const MOST_SECONDS_BEHIND = 10

/** In a run of at least this many seconds, one sample a second is enough to show what it waits for. */
const LONG_SECONDS = 20

/** Sends records one by one at a rate, drains them, and times each until the COMMIT of its row has returned. */
export async function runFlow(bench: Bench, options: FlowOptions): Promise<Flow> {
  const over = new AbortController()
  const signal = AbortSignal.any([bench.signal, over.signal])
  let failure: unknown
  const fail = (error: unknown) => {
    failure ??= error
    over.abort()
  }
  const producer = await openSender(bench.redis, (error) => fail(redisError(bench, error)))
  let drained: Promise<void> | undefined
  try {
    await producer.connect()
    const queue = await openQueue(producer, {name: bench.place.queue.name})
    const load = new Load(producer, queue, pointMaker(bench.place.flights), options)
    drained = drainAll(bench, options, load, over.signal).catch(fail)
    const flow = await measure(bench, options, load, signal)
    if (failure !== undefined) throw failure
    return flow
  } catch (error) {
    throw failure ?? error
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
  const written: WorkerObserver['written'] = (lease) => {
    if ('items' in lease) load.written(pointNumbers(lease.items))
  }
  await drainPlace(bench, {workers, batch, untilEmpty: false, signal}, [{written}])
}

async function measure(bench: Bench, options: FlowOptions, load: Load, signal: AbortSignal): Promise<Flow> {
  const {rate, seconds, warmupSeconds} = options
  const behind: Array<[number, number]> = []
  // In a long run, four samples a second would cost more than a percent of a core
  const everyMs = seconds >= LONG_SECONDS ? 1000 : 250
  const sources = {redis: bench.observer, pool: bench.pool, everyMs}
  const random = new Random(options.seed)
  const {result: rows, evidence} = await withEvidence(sources, (restart) =>
    runOpenLoop({
      ...options,
      random: () => random.next(),
      send: (i, waitedMs) => load.send(i, waitedMs),
      maxInFlight: Math.max(1000, rate * MOST_SECONDS_BEHIND),
      signal,
      onSecond: ({second, warmup, inFlight, waiting}) => {
        if (!warmup) behind.push([second, inFlight + waiting])
        // The usage of the warm-up is not part of that of the load
        if (second === warmupSeconds - 1) restart()
      },
    }),
  )
  load.giveUp()
  return {rows, replies: load.replies, acked: load.acked, backlogPerSecond: slopeOf(behind), evidence}
}
