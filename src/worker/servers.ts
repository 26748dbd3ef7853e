import type {Redis} from 'ioredis'
import type {Pool} from 'pg'
import {classifyFailure} from '../postgres/failure.ts'
import {assertTakesWrites} from '../postgres/read-only.ts'
import {isRedisAway} from '../redis/failure.ts'
import {Breaker, isBrokenCircuit} from './breaker.ts'
import type {ServerName, WorkerObserver} from './observer.ts'

/** The clients of a worker. */
export interface Clients {
  redis: Redis
  pool: Pool
}

/** The two servers of a worker, each behind a circuit breaker. */
export interface Servers extends Clients {
  breakers: Record<ServerName, Breaker>
}

export function watchServers(clients: Clients, observer: Required<WorkerObserver>): Servers {
  const breaker = (server: ServerName, isAway: (error: unknown) => boolean) =>
    new Breaker(isAway, (state, error) => observer.breaker(server, state, error))
  const postgres = breaker('postgres', (error) => classifyFailure(error) === 'away')
  return {...clients, breakers: {redis: breaker('redis', isRedisAway), postgres}}
}

/** Asked before a lease is taken: while Postgres is unavailable, items stay in Redis, and only a probe is sent. */
export async function postgresWorks({pool, breakers: {postgres}}: Servers): Promise<boolean> {
  if (postgres.state === 'closed') return true
  try {
    await postgres.run(() => assertTakesWrites(pool))
    return true
  } catch (error) {
    if (isBrokenCircuit(error) || classifyFailure(error) !== 'config') return false
    throw error
  }
}
