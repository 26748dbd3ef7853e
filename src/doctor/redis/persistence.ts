import type {Check, Found} from '../check.ts'
import {figure, type ToldRedis} from './told.ts'

/** Checks of what Redis writes to its disk. */
export const PERSISTENCE_CHECKS: Array<Check<ToldRedis>> = [
  {id: 'redis.persistence', title: 'what is acknowledged is on disk', judge: judgePersistence},
  {id: 'redis.empty-restart', title: 'a restart cannot empty the replicas', judge: judgeEmptyRestart},
  {id: 'redis.saves', title: 'saving works', judge: judgeSaves},
]

const TURN_ON = 'redis-cli CONFIG SET appendonly yes, and the same in redis.conf'

function judgePersistence(redis: ToldRedis): Found[] {
  const {info, config} = redis
  if (info.role === 'slave') return []
  if (info.aof_enabled !== '1')
    return isEmptyAfterRestart(redis) && hasReplicas(redis) ? [] : judgeWithoutFile(redis)
  if (config === null) return [unknownSetting('appendfsync')]
  if (config.appendfsync !== 'no') return []
  return [
    {
      level: 'warning',
      what: 'appendfsync is no: the kernel decides when the file is written to disk',
      why: 'a power cut forgets up to half a minute of items and acknowledgements',
      fix: 'redis-cli CONFIG SET appendfsync everysec, and the same in redis.conf',
    },
  ]
}

function judgeWithoutFile({config}: ToldRedis): Found[] {
  if (config === null) return [unknownSetting('save')]
  if (config.save === '') {
    return [
      {
        level: 'critical',
        what: 'Redis keeps no file: neither appendonly nor save is set',
        why: 'the queue, its leases and its dead letters are lost whenever Redis ends',
        fix: TURN_ON,
      },
    ]
  }
  return [
    {
      level: 'warning',
      what: `Redis only saves snapshots (save ${config.save})`,
      why: 'whatever came after the last snapshot is lost when Redis is killed: items, and what workers acknowledged',
      fix: TURN_ON,
    },
  ]
}

function judgeEmptyRestart(redis: ToldRedis): Found[] {
  if (redis.info.role === 'slave' || !hasReplicas(redis) || !isEmptyAfterRestart(redis)) return []
  return [
    {
      level: 'critical',
      what: 'this primary has replicas, and keeps no file',
      why: 'restarted, by hand or by its supervisor, it is empty, and its replicas empty themselves to match it',
      fix: `${TURN_ON}; until then no supervisor may restart it`,
    },
  ]
}

function hasReplicas({info}: ToldRedis): boolean {
  return figure(info, 'connected_slaves') > 0
}

function isEmptyAfterRestart({info, config}: ToldRedis): boolean {
  return info.aof_enabled !== '1' && config?.save === ''
}

function judgeSaves({info}: ToldRedis): Found[] {
  const failures = [
    {field: 'aof_last_write_status', what: 'the last write to the append-only file failed'},
    {field: 'aof_last_bgrewrite_status', what: 'the last rewrite of the append-only file failed'},
    {field: 'rdb_last_bgsave_status', what: 'the last snapshot failed'},
  ].filter(({field}) => (info[field] ?? 'ok') !== 'ok')
  if (failures.length === 0) return []
  return [
    {
      level: 'critical',
      what: failures.map(({what}) => what).join(', and '),
      why: 'Redis may soon refuse all writes (MISCONF), and a restart brings back an older state',
      fix: 'see the log of Redis for the reason, mostly a full disk or a folder that it may not write; then redis-cli BGSAVE or redis-cli BGREWRITEAOF',
    },
  ]
}

function unknownSetting(name: string): Found {
  return {
    level: 'unknown',
    what: `${name} cannot be read`,
    why: 'it decides how much a power cut forgets',
    fix: 'redis-cli ACL SETUSER NAME +config|get',
  }
}
