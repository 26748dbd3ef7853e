import {isIP} from 'node:net'
import type {Redis} from 'ioredis'
import type {PoolClient} from 'pg'

/** Whether a Redis server is reached over a loopback address or a socket file. */
export function isLocalRedis(redis: Redis): boolean {
  const {path, host} = redis.options
  return path !== undefined || isLoopback(redis.stream?.remoteAddress ?? host ?? '')
}

/** The same of a Postgres server. A pool's client has `host`, though its type does not. */
export function isLocalPostgres(client: PoolClient & {host?: unknown}): boolean {
  const host = String(client.host ?? '')
  return host.startsWith('/') || isLoopback(host)
}

/** Accepts a name or an address: `localhost`, `127.0.0.1`, `::1`, `::ffff:127.0.0.1`. */
export function isLoopback(host: string): boolean {
  const address = host.replace(/^::ffff:/i, '')
  if (isIP(address) === 4) return address.startsWith('127.')
  return address === '::1' || address === 'localhost'
}
