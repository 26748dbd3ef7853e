import {classifyFailure} from '../postgres/failure.ts'
import {assertTakesWrites} from '../postgres/read-only.ts'
import {isRedisAway, isTimeout} from '../redis/failure.ts'
import {backoffMs} from './backoff.ts'
import {isBrokenCircuit} from './breaker.ts'
import {type Drain, idle, isStopping} from './state.ts'

/** Asked before a lease is taken: while Postgres is unavailable, items stay in Redis, and only a probe is sent. */
export async function postgresWorks(drain: Drain): Promise<boolean> {
  const {postgres} = drain.breakers
  if (postgres.state === 'closed') return true
  try {
    await postgres.run(() => assertTakesWrites(drain.pool))
    return true
  } catch (error) {
    if (isBrokenCircuit(error) || classifyFailure(error) !== 'config') return false
    throw error
  }
}

/** Asks until Redis answers; undefined if the worker is to stop before that. */
export async function askRedis<T>(drain: Drain, ask: () => Promise<T>): Promise<T | undefined> {
  for (let tries = 0; ; tries++) {
    try {
      return await drain.breakers.redis.run(ask)
    } catch (error) {
      if (!isBrokenCircuit(error) && !isRedisAway(error)) throw error
      if (isStopping(drain)) return undefined
      if (isTimeout(error) && drain.redis.status === 'ready') drain.redis.disconnect(true)
      await idle(drain, backoffMs(Math.min(tries, 4)))
    }
  }
}
