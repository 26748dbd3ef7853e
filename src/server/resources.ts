import {setMaxListeners} from 'node:events'
import type {Pool} from 'pg'
import {createRedactor} from '../config/secrets.ts'
import type {Settings} from '../config/settings.ts'
import {translatePostgresError} from '../postgres/driver-error.ts'
import {planPool} from '../postgres/pool-config.ts'
import type {OpenRedis} from '../redis/connect.ts'
import {Gate} from './gate.ts'
import {Producers} from './producers.ts'

/** Most connections to Postgres that requests use at a time. */
export const POSTGRES_CONNECTIONS = 10

/** Connections to Redis besides those of the producers: one for all that is read, and one for operations. */
const OTHER_CONNECTIONS = 2

/** How long a request waits for its turn, ms. */
const WAIT_MS = 1000

/** Searches that read whole queues, at a time: each takes Redis some of its time for seconds. */
const SEARCHES = 4

/** What all requests share. */
export interface Resources {
  settings: Settings
  /** One connection for all requests: their commands travel together. */
  redis: OpenRedis
  /** The same for requests that only read; to a replica, if so asked. */
  reading: OpenRedis
  /** Undefined if no Postgres is configured. */
  pool: Pool | undefined
  producers: Producers
  /** In front of the pool, so that a request is refused in time instead of waiting for others. */
  postgres: Gate
  searches: Gate
  /** Aborted when the server is told to stop: what has no end of its own ends. */
  stopping: AbortSignal
  /** Aborted when the server ends: whatever still runs is given up. */
  signal: AbortSignal
  /** What an error of a driver means. */
  translate(error: unknown): unknown
  /** Removes secrets from a text. */
  redact(text: string): string
  /** Tells whoever runs the server. */
  note(text: string): void
}

export function gatherResources(
  given: Pick<Resources, 'settings' | 'redis' | 'reading' | 'pool' | 'stopping' | 'signal' | 'note'>,
  token: string,
): Resources {
  const {redisUrl, databaseUrl, redisMaxConnections, durability} = given.settings
  const urls = [redisUrl, databaseUrl].flatMap((url) => url?.value ?? [])
  const others = OTHER_CONNECTIONS + (given.reading === given.redis ? 0 : 1)
  const max = Math.max(1, redisMaxConnections.value - others)
  const postgres = databaseUrl ? planPool(databaseUrl.value, {max: 1}, process.env).server : ''
  const gate = (max: number, busy: string) => new Gate({max, waitMs: WAIT_MS, busy})
  // Every event stream and every request listens
  setMaxListeners(0, given.stopping, given.signal)
  return {
    ...given,
    producers: new Producers(given.redis.redis, {max, durability}),
    postgres: gate(POSTGRES_CONNECTIONS, 'all connections to Postgres that this server may use are in use'),
    searches: gate(SEARCHES, 'other searches are under way'),
    translate: (error) => translatePostgresError(given.redis.translate(error), postgres),
    redact: createRedactor(urls, [token, process.env.PGPASSWORD ?? '']),
  }
}
