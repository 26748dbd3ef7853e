import {isIP} from 'node:net'
import type {Redis} from 'ioredis'
import type {Pool, PoolClient} from 'pg'
import {parseInfo} from '../../redis/info.ts'
import type {ServerEnvironment} from '../shape/environment.ts'
import {median} from '../stats/summary.ts'

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

/** Leaves out what the server does not reveal: managed servers forbid CONFIG. */
export async function readRedisEnvironment(redis: Redis): Promise<ServerEnvironment> {
  const info = parseInfo(await orElse(redis.info('server'), ''))
  const valkey = info.get('valkey_version')
  const {path, host} = redis.options
  return {
    version: valkey ? `valkey ${valkey}` : (info.get('redis_version') ?? 'unknown'),
    local: path !== undefined || isLoopback(redis.stream.remoteAddress ?? host ?? ''),
    roundTripMs: await medianTime(() => redis.ping()),
    settings: await readRedisSettings(redis),
  }
}

/** Reads one by one: several names in one CONFIG GET need Redis 7. */
async function readRedisSettings(redis: Redis): Promise<Record<string, string>> {
  const replies = await Promise.all(REDIS_SETTINGS.map((name) => orElse(redis.config('GET', name), [])))
  const settings: Array<[string, string]> = []
  for (const reply of replies) {
    if (Array.isArray(reply) && reply.length === 2) settings.push([String(reply[0]), String(reply[1])])
  }
  return Object.fromEntries(settings)
}

/** The answer, or `otherwise` if the server refuses the command; a broken connection still throws. */
async function orElse<T, U>(answer: Promise<T>, otherwise: U): Promise<T | U> {
  try {
    return await answer
  } catch (error) {
    if (error instanceof Error && error.name === 'ReplyError') return otherwise
    throw error
  }
}

export async function readPostgresEnvironment(pool: Pool): Promise<ServerEnvironment> {
  const client = await pool.connect()
  try {
    const {rows} = await client.query<{name: string; value: string}>(SETTINGS_QUERY, [
      ['server_version', ...POSTGRES_SETTINGS],
    ])
    const {server_version: version, ...settings} = Object.fromEntries(
      rows.map(({name, value}) => [name, value]),
    )
    return {
      // The distribution appends its own build name
      version: version?.split(' ')[0] ?? 'unknown',
      local: isLocal(client),
      roundTripMs: await medianTime(() => client.query('SELECT 1')),
      settings,
    }
  } finally {
    client.release()
  }
}

/** $1 = names; returns values with their units, as SHOW does. */
const SETTINGS_QUERY =
  'SELECT name, current_setting(name) AS value FROM pg_settings WHERE name = ANY($1) ORDER BY name'

/** A pool's client has `host`, though its type does not. */
function isLocal(client: PoolClient & {host?: unknown}): boolean {
  const host = String(client.host ?? '')
  return host.startsWith('/') || isLoopback(host)
}

/** Accepts a name or an address: `localhost`, `127.0.0.1`, `::1`, `::ffff:127.0.0.1`. */
export function isLoopback(host: string): boolean {
  const address = host.replace(/^::ffff:/i, '')
  if (isIP(address) === 4) return address.startsWith('127.')
  return address === '::1' || address === 'localhost'
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
