import type {Redis} from 'ioredis'
import {messageOf, QtoolError} from '../../../errors.ts'
import {ConnectionBudget} from '../../../redis/budget.ts'
import {closeRedis} from '../../../redis/client.ts'
import {type ConnectOptions, connectRedis} from '../../../redis/connect.ts'
import {LatencyHistogram} from '../../measure/histogram.ts'

export interface PoolLimitOptions {
  redisUrl: string
  connect: ConnectOptions
  /** Size of the pool. */
  max: number
  /** How long a caller waits for a free connection, ms. */
  waitMs: number
  signal: AbortSignal
}

export interface PoolLimit {
  max: number
  opened: number
  /** Seconds it took to open them one after the other. */
  seconds: number
  /** Time of each from its start to its first answer, ms. */
  opening: LatencyHistogram
  /** The error of the caller that got no connection; null if interrupted. */
  failure: {code: string; message: string} | null
  /** ms from a release until the next caller in line has an answer; null if not tried. */
  recoveryMs: number | null
}

/** How long the next caller in line waits for a release, ms. */
const IN_LINE_MS = 10_000

/** Opens connections until the budget is used up, then closes one and times the next. All are closed on every path. */
export async function findPoolLimit(options: PoolLimitOptions): Promise<PoolLimit> {
  const {redisUrl, connect, max, waitMs, signal} = options
  const within = {...connect, budget: new ConnectionBudget(max)}
  const open = (placeMs: number) => connectRedis(redisUrl, {...within, placeMs})
  const held: Redis[] = []
  const opening = new LatencyHistogram()
  const began = performance.now()
  let failure: PoolLimit['failure'] = null
  let seconds = 0
  try {
    while (!failure && !signal.aborted) {
      const started = performance.now()
      try {
        const redis = await open(waitMs)
        held.push(redis)
        await redis.ping()
        opening.record(performance.now() - started)
        seconds = (performance.now() - began) / 1000
      } catch (error) {
        failure = {code: error instanceof QtoolError ? error.code : 'ERROR', message: messageOf(error)}
      }
    }
    const isFull = failure?.code === 'POOL_EXHAUSTED'
    const recoveryMs = isFull && !signal.aborted ? await recover(open, held) : null
    return {max, opened: held.length, seconds, opening, failure, recoveryMs}
  } finally {
    for (const redis of held) closeRedis(redis)
  }
}

async function recover(open: (placeMs: number) => Promise<Redis>, held: Redis[]): Promise<number> {
  const next = open(IN_LINE_MS)
  const released = performance.now()
  closeRedis(held[0])
  const redis = await next
  held[0] = redis
  await redis.ping()
  return performance.now() - released
}
