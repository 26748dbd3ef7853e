import {type Redis, type RedisOptions, ReplyError} from 'ioredis'
import {giveUpIfSilent, type Interrupt} from '../interrupt.ts'
import type {ConnectionBudget, Place} from './budget.ts'

/** The budget that each open client counts against, and its place in that budget; a companion has none itself. */
const places = new WeakMap<Redis, {budget: ConnectionBudget; place?: Place}>()

/** How each open client is told of an interrupt. */
const watches = new WeakMap<Redis, {interrupt: Interrupt; server: string; stop(): void}>()

/** The clients that were opened for another one, and are closed with it. */
const companions = new WeakMap<Redis, Set<Redis>>()

/**
 * Another client like `redis`, not connected yet, within the same budget; the caller closes it with `closeRedis`.
 * @throws QtoolError `TOO_FEW_CONNECTIONS`
 */
export async function duplicateRedis(redis: Redis, options: Partial<RedisOptions>): Promise<Redis> {
  const budget = places.get(redis)?.budget
  const place = await budget?.take()
  const copy = copyRedis(redis, options)
  if (budget && place) occupy(copy, budget, place)
  return copy
}

/**
 * Another client like `redis`, not connected yet, which is closed with it and reports its errors there. It has no place
 * in the budget, since a cluster decides how many of them are needed; a duplicate of it has one.
 * @param explain makes of its errors those that are reported
 */
export function openCompanion(
  redis: Redis,
  options: Partial<RedisOptions>,
  explain: (error: unknown) => unknown = (error) => error,
): Redis {
  const copy = copyRedis(redis, options)
  const budget = places.get(redis)?.budget
  if (budget) places.set(copy, {budget})
  const others = companions.get(redis) ?? new Set()
  companions.set(redis, others.add(copy))
  copy.once('end', () => others.delete(copy))
  // Whoever translates the errors of a command knows only the client that was opened first
  copy.on('error', (error: unknown) => redis.emit('error', explain(error)))
  return copy
}

function copyRedis(redis: Redis, options: Partial<RedisOptions>): Redis {
  const copy = redis.duplicate({...options, lazyConnect: true})
  const watch = watches.get(redis)
  if (watch) watchRedis(copy, watch.interrupt, watch.server)
  return copy
}

/** Closes a client. Its place is free once the socket is closed, or at once if it has no socket at the moment. */
export function closeRedis(redis: Redis): void {
  for (const companion of companions.get(redis) ?? []) closeRedis(companion)
  const hasSocket = redis.status !== 'reconnecting' && redis.status !== 'wait'
  const watch = watches.get(redis)
  watch?.stop()
  if (watch?.interrupt.signal.aborted) cut(redis)
  else redis.disconnect()
  if (!hasSocket) places.get(redis)?.place?.leave()
}

/** Counts `redis` against `budget` until it is closed. */
export function occupy(redis: Redis, budget: ConnectionBudget, place: Place): void {
  places.set(redis, {budget, place})
  redis.once('end', () => place.leave())
}

/** Once a command is to stop, a server that does not answer `redis` is given up: what waits for it fails. */
export function watchRedis(redis: Redis, interrupt: Interrupt, server: string): void {
  const ask = () =>
    redis.ping().catch((error: unknown) => {
      if (!(error instanceof ReplyError)) throw error
    })
  const stop = giveUpIfSilent(interrupt, {name: `Redis at ${server}`, ask, giveUp: () => cut(redis)})
  watches.set(redis, {interrupt, server, stop})
  redis.once('end', stop)
}

/** Closes a client without a goodbye, for which the driver would wait two seconds. */
function cut(redis: Redis): void {
  redis.disconnect()
  redis.stream?.destroy()
}
