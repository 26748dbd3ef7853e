import type {Redis} from 'ioredis'
import type {QueueKeys} from '../redis/keys.ts'

/** Whether workers take leases of a queue. */
export interface PauseState {
  paused: boolean
  /** ms until it ends by itself; null if it has to be resumed, or is not paused. */
  endsInMs: number | null
}

/** No worker anywhere takes a lease until the queue is resumed, or `forMs` is over. Held leases are finished. */
export async function pauseQueue(redis: Redis, keys: QueueKeys, forMs?: number): Promise<void> {
  const since = new Date().toISOString()
  if (forMs === undefined) await redis.set(keys.paused, since)
  else await redis.set(keys.paused, since, 'PX', Math.round(forMs))
}

/** @returns false where it was not paused */
export async function resumeQueue(redis: Redis, keys: QueueKeys): Promise<boolean> {
  return (await redis.del(keys.paused)) === 1
}

export async function readPause(redis: Redis, keys: QueueKeys): Promise<PauseState> {
  const ms = await redis.pttl(keys.paused)
  return {paused: ms !== -2, endsInMs: ms >= 0 ? ms : null}
}
