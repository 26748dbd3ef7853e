import type {Redis} from 'ioredis'
import type {QueueKeys} from '../redis/keys.ts'

/** Whether a queue is paused. */
export interface PauseState {
  paused: boolean
  /** ms until the pause ends by itself; null if the queue has to be resumed, or is not paused. */
  endsInMs: number | null
}

/**
 * Keeps all workers from taking leases until the queue is resumed, or `forMs` have passed. Held leases are finished.
 */
export async function pauseQueue(redis: Redis, keys: QueueKeys, forMs?: number): Promise<void> {
  const since = new Date().toISOString()
  if (forMs === undefined) await redis.set(keys.paused, since)
  else await redis.set(keys.paused, since, 'PX', Math.round(forMs))
}

/** @returns false if it was not paused */
export async function resumeQueue(redis: Redis, keys: QueueKeys): Promise<boolean> {
  return (await redis.del(keys.paused)) === 1
}

export async function readPause(redis: Redis, keys: QueueKeys): Promise<PauseState> {
  const ms = await redis.pttl(keys.paused)
  return {paused: ms !== -2, endsInMs: ms >= 0 ? ms : null}
}

/** Since when the queue is paused: RFC 3339, by the clock of whoever paused it; null if it is not. */
export function pausedSince(redis: Redis, keys: QueueKeys): Promise<string | null> {
  return redis.get(keys.paused)
}
