import type {Redis, RedisOptions} from 'ioredis'
import type {ConnectionBudget, Place} from './budget.ts'

/** What an open client counts against, and how it gives its place back. */
const places = new WeakMap<Redis, {budget: ConnectionBudget; place: Place}>()

/**
 * Another client like `redis`, not connected yet, within the same budget; the caller ends it with `closeRedis`.
 * @throws QtoolError `TOO_FEW_CONNECTIONS`
 */
export async function duplicateRedis(redis: Redis, options: Partial<RedisOptions>): Promise<Redis> {
  const budget = places.get(redis)?.budget
  const place = await budget?.take()
  const copy = redis.duplicate({...options, lazyConnect: true})
  if (budget && place) occupy(copy, budget, place)
  return copy
}

/** Ends a client. Its place is free once the socket is closed; one that has no socket just now closes nothing. */
export function closeRedis(redis: Redis): void {
  const hasSocket = redis.status !== 'reconnecting' && redis.status !== 'wait'
  redis.disconnect()
  if (!hasSocket) places.get(redis)?.place.leave()
}

/** Counts `redis` against `budget` until it is closed. */
export function occupy(redis: Redis, budget: ConnectionBudget, place: Place): void {
  places.set(redis, {budget, place})
  redis.once('end', () => place.leave())
}
