import type {Redis} from 'ioredis'
import {readDurability} from '../../../config/durability.ts'
import {openQueue, queueClient} from '../../../queue/open.ts'
import {type ConnectOptions, withRedis} from '../../../redis/connect.ts'
import {withEvidence} from '../../measure/collect-evidence.ts'
import {distributionOf} from '../../measure/distribution.ts'
import {type Evidence, nameLimit} from '../../measure/evidence.ts'
import {latencyOf} from '../../measure/histogram.ts'
import {type MeteredRate, RateMeter} from '../../measure/rate-meter.ts'
import type {Limit} from '../../shape/findings.ts'
import type {Step} from '../../shape/step.ts'
import {
  type Confirmer,
  ItemMaker,
  itemsPerTrip,
  lanesOf,
  type Mode,
  type Sent,
  sendItems,
  type Way,
} from './mode-sender.ts'
import {nameOf, type WayResult} from './mode-text.ts'

export interface ModesOptions {
  redisUrl: string
  connect: ConnectOptions
  /** A queue that nobody else uses, empty before and after. */
  queue: string
  modes: readonly Mode[]
  /** Batch sizes for every mode but `single`. */
  batches: readonly number[]
  /** Every mode but `auto` is also measured with each of these. */
  confirmedBy?: readonly Confirmer[]
  /** Measured seconds of each step, after those of the warm-up. */
  seconds: number
  warmupSeconds: number
  /** Limit on the items of a step, which have to fit into Redis. */
  most: number
  /** ms that a delaying proxy adds to each round trip; 0 for no proxy. */
  rttMs: number
  itemBytes: number
  signal: AbortSignal
  onStep(text: string): void
}

/** What the steps share. */
export interface Modes extends ModesOptions {
  /** A connection that carries no load. */
  observer: Redis
  /** Target of the load: Redis, or the proxy in front of it. */
  url: string
  /** Median and minimum for an empty command on the path of the load, ms. */
  roundTrip: {median: number; least: number}
}

export interface Outcome extends WayResult {
  limit: Limit
  /** Items that Redis accepted minus those found in the queue. */
  missing: number
  /** Share of this machine that programs other than qtool and Redis used, 0 to 1. */
  others: number
}

/** Measures one way of sending. */
export async function runWay(modes: Modes, way: Way): Promise<Outcome> {
  const {url, connect, queue: name, seconds, warmupSeconds, most, itemBytes, observer, signal} = modes
  return withRedis(url, {...connect, autoPipelining: way.mode === 'auto'}, async (redis) => {
    const meter = new RateMeter({warmupMs: warmupSeconds * 1000, ms: seconds * 1000, most})
    const see = (items: number) => meter.see(items) && !signal.aborted
    const isCounting = () => meter.isCounting
    const durability =
      way.confirmedBy && readDurability({value: way.confirmedBy, where: '--durability'}, undefined)
    const send = {
      queue: await openQueue(redis, {name, durability}),
      way,
      make: new ItemMaker(itemBytes),
      see,
      isCounting,
    }
    const seen = await queueClient(observer, {name})
    const {result: sent, evidence} = await withEvidence({redis: seen}, () => sendItems(send))
    const {step, limit} = describe(modes, way, {metered: meter.result(), sent, evidence})
    const missing = sent.items - (await (await openQueue(observer, {name})).depth())
    return {way, step, limit, missing, others: othersIn(evidence)}
  })
}

interface Measured {
  metered: MeteredRate
  sent: Sent
  evidence: Evidence
}

function describe(modes: Modes, way: Way, {metered, sent, evidence}: Measured): {step: Step; limit: Limit} {
  const {roundTrip, rttMs} = modes
  const {items, seconds, perSecond: throughput} = metered
  const achieved = seconds > 0 ? items / seconds : 0
  const trips = {perSecond: achieved / itemsPerTrip(way), ms: roundTrip.least, lanes: lanesOf(way)}
  const limit = nameLimit({...evidence, trips})
  const itemsPerRoundTrip = (achieved * roundTrip.median) / 1000
  const step: Step = {
    name: nameOf(way),
    parameters: {...way, rttMs, items, seconds, itemsPerRoundTrip},
    target: null,
    achieved,
    perSecond: distributionOf(throughput),
    latency: sent.latency && latencyOf(sent.latency, sent.latency),
    lagMs: null,
    errors: 0,
    backlogPerSecond: null,
    usage: evidence.usage,
    verdict: limit.what === 'none' ? 'no limit found' : `limited by ${limit.what}`,
    throughput,
    spectrum: sent.latency?.spectrum() ?? [],
  }
  return {step, limit}
}

function othersIn({machine, usage: {qtool, redis}}: Evidence): number {
  const ours = ((qtool.cpu ?? 0) + (redis?.cpu ?? 0)) / 100 / machine.cores
  return Math.max(0, machine.busy - ours)
}
