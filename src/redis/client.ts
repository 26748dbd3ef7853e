import type {Redis, RedisOptions} from 'ioredis'
import type {ConnectionBudget, Place} from './budget.ts'

/** The budget that each open client counts against, and its place in that budget. */
const places = new WeakMap<Redis, {budget: ConnectionBudget; place: Place}>()

/**
 * Another client like `redis`, not connected yet, within the same budget; the caller closes it with `closeRedis`.
 * @throws QtoolError `TOO_FEW_CONNECTIONS`
 */
export async function duplicateRedis(redis: Redis, options: Partial<RedisOptions>): Promise<Redis> {
  const budget = places.get(redis)?.budget
  const place = await budget?.take()
  const copy = redis.duplicate({...options, lazyConnect: true})
  if (budget && place) occupy(copy, budget, place)
  return copy
}

/** Closes a client. Its place is free once the socket is closed, or at once if it has no socket at the moment. */
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
