import type {Redis} from 'ioredis'
import type {Pool} from 'pg'
import {isLocalPostgres, isLocalRedis} from '../../health/locality.ts'
import {readPostgresSettings} from '../../health/postgres-settings.ts'
import {readRedisSettings} from '../../health/redis-settings.ts'
import type {ServerEnvironment} from '../shape/environment.ts'
import {median} from '../stats/summary.ts'

/** Settings that change figures. */
const REDIS_SETTINGS = ['appendonly', 'appendfsync', 'maxmemory-policy', 'save', 'io-threads']

const POSTGRES_SETTINGS = [
  'fsync',
  'synchronous_commit',
  'shared_buffers',
  'max_connections',
  'wal_level',
  'full_page_writes',
]

const ROUND_TRIPS = 20

/** Leaves out what the server does not reveal. */
export async function readRedisEnvironment(redis: Redis): Promise<ServerEnvironment> {
  const {version, settings} = await readRedisSettings(redis, REDIS_SETTINGS)
  const roundTripMs = await medianTime(() => redis.ping())
  return {version, local: isLocalRedis(redis), roundTripMs, settings}
}

export async function readPostgresEnvironment(pool: Pool): Promise<ServerEnvironment> {
  const client = await pool.connect()
  try {
    const {version, settings} = await readPostgresSettings(client, POSTGRES_SETTINGS)
    const roundTripMs = await medianTime(() => client.query('SELECT 1'))
    return {version, local: isLocalPostgres(client), roundTripMs, settings}
  } finally {
    client.release()
  }
}

/** Median time of sequential calls, ms. */
async function medianTime(call: () => Promise<unknown>): Promise<number> {
  const times: number[] = []
  for (let i = 0; i < ROUND_TRIPS; i++) {
    const started = performance.now()
    await call()
    times.push(performance.now() - started)
  }
  return median(times)
}
