import {openQueue} from '../../queue/open.ts'
import {closeRedis} from '../../redis/client.ts'
import {type Bench, redisError} from '../bench.ts'
import type {ArrivalKind} from '../measure/arrivals.ts'
import {type EvidenceOptions, withEvidence} from '../measure/collect-evidence.ts'
import type {Evidence} from '../measure/evidence.ts'
import type {LatencyHistogram} from '../measure/histogram.ts'
import {type OpenLoopResult, runOpenLoop} from '../measure/open-loop.ts'
import {pointMaker} from '../place/points.ts'
import type {Agent} from '../shape/agent.ts'
import {Random} from '../stats/random.ts'
import {slopeOf} from '../stats/slope.ts'
import {drainPoints} from './drain-points.ts'
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
  /** The processes that sent the records, if there were several. */
  agents?: Agent[]
}

/** Limit on records in flight, in seconds of load: a run that is further behind has failed anyway. */
export const MOST_SECONDS_BEHIND = 10

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
    const draining = {...options, signal: over.signal}
    drained = drainPoints(bench, draining, (numbers) => load.written(numbers)).catch(fail)
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

/** Of what evidence is collected in a run of so many seconds. */
export function flowSources({observer, pool}: Bench, seconds: number): EvidenceOptions {
  // In a long run, four samples a second would cost more than a percent of a core
  return {redis: observer, pool, everyMs: seconds >= LONG_SECONDS ? 1000 : 250}
}

async function measure(bench: Bench, options: FlowOptions, load: Load, signal: AbortSignal): Promise<Flow> {
  const {rate, seconds, warmupSeconds} = options
  const behind: Array<[number, number]> = []
  const sources = flowSources(bench, seconds)
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
