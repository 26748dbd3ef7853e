import type {Redis} from 'ioredis'
import type {Pool} from 'pg'
import {readPostgresSettings} from '../health/postgres-settings.ts'
import {readRedisSettings} from '../health/redis-settings.ts'
import {unlessDenied} from '../redis/denied.ts'
import {parseInfo} from '../redis/info.ts'
import type {Keeping, PostgresKeeping, RedisKeeping} from './guarantee.ts'
import {postgresKeeping, redisKeeping} from './keeping.ts'
import {readStandbys} from './postgres/read/standbys.ts'

const OF_REDIS = ['appendfsync', 'save', 'min-replicas-to-write', 'min-replicas-max-lag']
const OF_POSTGRES = ['fsync', 'synchronous_commit', 'synchronous_standby_names']

/** Reads only what decides how much can be lost, in a few milliseconds. A server that does not answer is null. */
export async function readKeeping({redis, pool}: {redis: Redis; pool: Pool | undefined}): Promise<Keeping> {
  const [ofRedis, ofPostgres] = await Promise.all([
    keepingOfRedis(redis).catch(() => null),
    pool ? keepingOfPostgres(pool).catch(() => null) : null,
  ])
  return {redis: ofRedis, postgres: ofPostgres}
}

async function keepingOfRedis(redis: Redis): Promise<RedisKeeping | null> {
  const [info, {settings}] = await Promise.all([
    unlessDenied(redis.info()),
    readRedisSettings(redis, OF_REDIS),
  ])
  return redisKeeping({info: info === null ? null : Object.fromEntries(parseInfo(info)), config: settings})
}

async function keepingOfPostgres(pool: Pool): Promise<PostgresKeeping> {
  const client = await pool.connect()
  try {
    const {settings} = await readPostgresSettings(client, OF_POSTGRES)
    return postgresKeeping({settings, standbys: await readStandbys(client)})
  } finally {
    client.release()
  }
}
