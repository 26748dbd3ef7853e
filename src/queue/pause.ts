import type {Redis} from 'ioredis'
import type {QueueKeys} from '../redis/keys.ts'

/** Whether a queue is paused. */
export interface PauseState {
  paused: boolean
  /** ms until the pause ends by itself; null if the queue has to be resumed, or is not paused. */
  endsInMs: number | null
}

export interface PauseOptions {
  /** Without it, the pause lasts until the queue is resumed. */
  forMs?: number
  /** `user@host`. */
  by?: string
}

/** Where a pause comes from. */
export interface PauseOrigin {
  /** RFC 3339, by the clock of the process that paused the queue. */
  since: string
  /** `user@host`, or `REBALANCE`; null if that is not known. */
  by: string | null
}

/** Who pauses the shards of a queue while items move between them; nobody else can resume them. */
export const REBALANCE = 'qtool shards rebalance'

/**
 * Keeps all workers from taking leases until the queue is resumed, or `forMs` have passed. Held leases are finished.
 */
export async function pauseQueue(
  redis: Redis,
  keys: QueueKeys,
  {forMs, by}: PauseOptions = {},
): Promise<void> {
  const since = new Date().toISOString()
  const text = by === undefined ? since : `${since} ${by}`
  if (forMs === undefined) await redis.set(keys.paused, text)
  else await redis.set(keys.paused, text, 'PX', Math.round(forMs))
}

/** @returns false if it was not paused */
export async function resumeQueue(redis: Redis, keys: QueueKeys): Promise<boolean> {
  return (await redis.del(keys.paused)) === 1
}

export async function readPause(redis: Redis, keys: QueueKeys): Promise<PauseState> {
  const ms = await redis.pttl(keys.paused)
  return {paused: ms !== -2, endsInMs: ms >= 0 ? ms : null}
}

/** Since when the queue is paused, and by whom; null if it is not. */
export async function readPauseOrigin(redis: Redis, keys: QueueKeys): Promise<PauseOrigin | null> {
  const text = await redis.get(keys.paused)
  if (text === null) return null
  // While items move to other shards, a word comes before the time
  const [, hold, since = '', by = null] = /^(hold )?(\S*)(?: (.*))?$/s.exec(text) ?? []
  return {since, by: hold === undefined ? by : REBALANCE}
}
