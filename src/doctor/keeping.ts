import type {Facts} from './facts.ts'
import type {Keeping, PostgresKeeping, RedisKeeping} from './guarantee.ts'
import type {PostgresFacts} from './postgres/facts.ts'
import type {Standbys} from './postgres/read/standbys.ts'
import {synchronousStandbys} from './postgres/synchronous-standbys.ts'
import type {RedisFacts} from './redis/facts.ts'
import {figure} from './redis/told.ts'

/** What of the facts decides how much can be lost. */
export function keepingOf({redis, postgres}: Facts): Keeping {
  return {redis: redis && redisKeeping(redis), postgres: postgres && postgresOf(postgres)}
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

function postgresOf({server, standbys}: PostgresFacts): PostgresKeeping {
  return postgresKeeping({settings: server.settings, standbys: standbys.value})
}

/** The same of what a Postgres told; null for standbys that nobody could ask about. */
export function postgresKeeping({
  settings,
  standbys,
}: {
  settings: Readonly<Record<string, string | undefined>>
  standbys: Standbys | null
}): PostgresKeeping {
  return {
    fsync: settings.fsync === undefined ? null : settings.fsync === 'on',
    synchronousCommit: settings.synchronous_commit ?? null,
    standbys: standbys && standbys.seen.length + standbys.hidden,
    waitsForStandby: synchronousStandbys(settings.synchronous_standby_names ?? '') > 0,
  }
}
