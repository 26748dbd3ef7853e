import type {Redis} from 'ioredis'
import {openQueue} from '../../queue/open.ts'
import {closeRedis} from '../../redis/client.ts'
import {MOST_SECONDS_BEHIND} from '../flow/flow.ts'
import {Load} from '../flow/load.ts'
import {openSender} from '../flow/sender.ts'
import {runOpenLoop} from '../measure/open-loop.ts'
import {pointMaker} from '../place/points.ts'
import {Random} from '../stats/random.ts'
import {type Plan, shareOf} from './plan.ts'
import {SILENT_MS} from './pulse.ts'
import {packRanges} from './ranges.ts'
import {type Measured, packHistograms} from './report.ts'

/** An agent that is ready to send. */
export interface Sender {
  /** @param startAt as `performance.now()` gives it */
  send(startAt: number, signal: AbortSignal): Promise<Measured>
  /** Rows were committed. @param numbers of any records @param at as `performance.now()` gives it */
  committed(numbers: number[], at: number): void
  /** Removes the queue, behind everything that was sent. */
  remove(): Promise<void>
  close(): void
}

/** Connects for an agent's share of a load. @param onLost told once its connection is lost for good */
export async function openShare(
  redis: Redis,
  plan: Plan,
  agent: number,
  onLost: (error: unknown) => void,
): Promise<Sender> {
  const share = shareOf(plan, agent)
  const producer = await openSender(redis, onLost)
  const queue = await producer
    .connect()
    .then(() => openQueue(producer, {name: plan.queue}))
    .catch((error: unknown) => {
      closeRedis(producer)
      throw error
    })
  const make = pointMaker(plan.flights)
  const load = new Load(producer, queue, (i) => make(share.numberOf(i)), {...plan, rate: share.rate})
  return {
    send: (startAt, signal) => measure(load, {...plan, ...share, startAt, signal}),
    committed: (numbers, at) => load.written(share.ownOf(numbers), at),
    remove: () => queue.destroy(),
    close: () => closeRedis(producer),
  }
}

type LoopOptions = Pick<Plan, 'seconds' | 'warmupSeconds' | 'arrivals'> &
  Pick<ReturnType<typeof shareOf>, 'rate' | 'phase' | 'seed'> & {startAt: number; signal: AbortSignal}

async function measure(load: Load, options: LoopOptions): Promise<Measured> {
  const {rate, seed} = options
  const random = new Random(seed)
  const behind: Measured['behind'] = []
  let isGivenUp = false
  const {corrected, raw, lag, late, errors, ...rest} = await runOpenLoop({
    ...options,
    random: () => random.next(),
    send: (i, waitedMs) => {
      // An agent that was held up for so long was dropped, and the queue may be gone
      isGivenUp ||= waitedMs > SILENT_MS
      return isGivenUp ? Promise.reject(new Error('the agent was held up')) : load.send(i, waitedMs)
    },
    maxInFlight: Math.max(1000, rate * MOST_SECONDS_BEHIND),
    onSecond: ({second, warmup, inFlight, waiting}) => {
      if (!warmup) behind.push([second, inFlight + waiting])
    },
  })
  load.giveUp()
  const replies = {replies: load.replies.corrected, rawReplies: load.replies.raw}
  return {
    ...rest,
    errors: [...errors],
    histograms: packHistograms({corrected, raw, lag, late, ...replies}),
    acked: packRanges(load.acked),
    behind,
    memory: process.resourceUsage().maxRSS * 1024,
  }
}
