import type {Facts} from './facts.ts'
import type {Keeping, PostgresKeeping, RedisKeeping} from './guarantee.ts'
import type {PostgresFacts} from './postgres/facts.ts'
import {synchronousStandbys} from './postgres/synchronous-standbys.ts'
import type {RedisFacts} from './redis/facts.ts'
import {figure} from './redis/told.ts'

/** What of the facts decides how much can be lost. */
export function keepingOf({redis, postgres}: Facts): Keeping {
  return {redis: redis && redisKeeping(redis), postgres: postgres && postgresKeeping(postgres)}
}

/** The same of what a Redis told; null if it did not tell how it keeps its data. */
export function redisKeeping({info, config}: Pick<RedisFacts, 'info' | 'config'>): RedisKeeping | null {
  if (info === null) return null
  const setting = (name: string) => (config?.[name] === undefined ? null : Number(config[name]))
  return {
    appendonly: info.aof_enabled === undefined ? null : info.aof_enabled === '1',
    appendfsync: config?.appendfsync ?? null,
    savesSnapshots: config?.save === undefined ? null : config.save !== '',
    // A replica does not know how many its primary has
    replicas: info.role === 'master' ? figure(info, 'connected_slaves') : null,
    minReplicasToWrite: setting('min-replicas-to-write'),
    maxLagSeconds: setting('min-replicas-max-lag'),
  }
}

/** The same of what a Postgres told. */
export function postgresKeeping({
  server: {settings},
  standbys,
}: Pick<PostgresFacts, 'server' | 'standbys'>): PostgresKeeping {
  const {value} = standbys
  return {
    fsync: settings.fsync === undefined ? null : settings.fsync === 'on',
    synchronousCommit: settings.synchronous_commit ?? null,
    standbys: value && value.seen.length + value.hidden,
    waitsForStandby: synchronousStandbys(settings.synchronous_standby_names ?? '') > 0,
  }
}
