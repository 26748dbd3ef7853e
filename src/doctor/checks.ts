import type {Check, Found} from './check.ts'
import type {Facts} from './facts.ts'
import {judgeKernel} from './kernel.ts'
import {judgeClocks, judgePostgresLink, judgeRedisLink} from './links.ts'
import {POSTGRES_CHECKS} from './postgres/checks.ts'
import {FLOW_CHECKS, HOLDING_CHECKS} from './queue/checks.ts'
import {SHARD_CHECKS} from './queue/shard-checks.ts'
import {CLUSTER_CHECKS} from './redis/cluster.ts'
import {GROUPS_CHECK} from './redis/groups.ts'
import {CPU_CHECK, judgeClients, judgeSlowLog} from './redis/load.ts'
import {MEMORY_CHECKS} from './redis/memory.ts'
import {PERSISTENCE_CHECKS} from './redis/persistence.ts'
import {REPLICATION_CHECKS} from './redis/replication.ts'
import {QUORUM_CHECK, REPLICAS_CHECK, SENTINEL_CHECKS} from './redis/sentinel.ts'
import {toldRedis} from './redis/told.ts'
import {VERSION_CHECK} from './redis/version.ts'
import type {Unread} from './unread.ts'

/** A check of one part of the facts. */
export interface PartCheck {
  id: string
  title: string
  /** The part that it judges, e.g. `redis.info`. */
  part: string
  /** Null if the part is not there: it was not read, or there is no such thing here. */
  judge(facts: Facts): Found[] | null
}

/** Binds checks to the part of the facts that they judge. */
function on<T>(part: string, pick: (facts: Facts) => T | null, checks: ReadonlyArray<Check<T>>): PartCheck[] {
  return checks.map(({id, title, judge}) => ({
    id,
    title,
    part,
    judge(facts) {
      const found = pick(facts)
      return found === null ? null : judge(found)
    },
  }))
}

const told = ({redis}: Facts) => redis && toldRedis(redis)

/** On Cluster the node of the queue may be the only one that does not answer. */
const REDIS_REACHABLE: Check<Facts['unread']> = {
  ...reachable('redis', 'Redis'),
  judge(unread) {
    const {redis, queue} = unread
    if (redis || queue?.kind !== 'down') return reachable('redis', 'Redis').judge(unread)
    const why = 'the queue cannot be used: its slot belongs to that node'
    return [{level: 'critical', what: queue.reason, why, fix: queue.fix}]
  },
}

/** Every check, those of Redis first. */
export const CHECKS: readonly PartCheck[] = [
  ...on('reachable', ({unread}) => unread, [REDIS_REACHABLE, reachable('postgres', 'Postgres')]),
  ...on('redis.info', told, [
    ...REPLICATION_CHECKS,
    ...PERSISTENCE_CHECKS,
    ...MEMORY_CHECKS,
    CPU_CHECK,
    VERSION_CHECK,
  ]),
  ...on('redis.info', (facts) => both(facts, told(facts)), [
    {
      id: 'redis.clients',
      title: 'clients are below the limit',
      judge: ([{qtool}, redis]) => judgeClients(redis, qtool.redisMaxConnections),
    },
    {
      id: 'host.kernel',
      title: 'the kernel suits Redis',
      judge: ([{host}, redis]) => judgeKernel(host, redis),
    },
  ]),
  ...on('redis.slowlog', (facts) => both(facts, facts.redis?.slowlog ?? null), [
    {
      id: 'redis.slowlog',
      title: 'no command takes long',
      judge: ([{madeAt}, slowlog]) => judgeSlowLog(slowlog, madeAt),
    },
  ]),
  ...on('redis.groups', ({redis}) => redis?.groups ?? null, [GROUPS_CHECK]),
  ...on('redis.cluster', (facts) => clusterNode(facts), CLUSTER_CHECKS),
  ...on('sentinel.quorum', (facts) => sentinelTold(facts, 'sentinel.quorum'), [QUORUM_CHECK]),
  ...on('sentinel.replicas', (facts) => sentinelTold(facts, 'sentinel.replicas'), [REPLICAS_CHECK]),
  ...on('sentinel', ({sentinel}) => sentinel, SENTINEL_CHECKS),
  ...on('redis', ({redis}) => redis?.link ?? null, [
    {id: 'redis.round-trip', title: 'Redis is near', judge: judgeRedisLink},
  ]),
  ...on('postgres', ({postgresLink}) => postgresLink, [
    {id: 'postgres.round-trip', title: 'Postgres is near', judge: judgePostgresLink},
  ]),
  ...on('redis', (facts) => (facts.redis || facts.postgresLink ? facts : null), [
    {id: 'host.clocks', title: 'clocks agree', judge: judgeClocks},
  ]),
  ...on('postgres', ({postgres}) => postgres, POSTGRES_CHECKS),
  ...on('queue', brokenQueue, [
    {id: 'queue.keys', title: 'its keys are those of a queue', judge: judgeBroken},
  ]),
  ...on('queue', ({queue}) => queue, [...FLOW_CHECKS, ...HOLDING_CHECKS, ...SHARD_CHECKS]),
]

function both<T>(facts: Facts, part: T | null): [Facts, T] | null {
  return part === null ? null : [facts, part]
}

/** Null if it did not tell a part. */
function sentinelTold({sentinel, unread}: Facts, part: string) {
  return unread[part] ? null : sentinel
}

function clusterNode(facts: Facts) {
  const redis = told(facts)
  const cluster = redis?.cluster
  return redis && cluster ? {...redis, cluster} : null
}

/** A server that is configured and cannot be reached is a finding, not only a check that could not be made. */
function reachable(part: string, name: string): Check<Facts['unread']> {
  return {
    id: `${part}.reachable`,
    title: `${name} can be reached`,
    judge(unread) {
      const why = unread[part]
      if (why?.kind !== 'down') return []
      return [{level: 'critical', what: why.reason, why: `nothing works without ${name}`, fix: why.fix}]
    },
  }
}

/** Undefined for keys that could be read. */
function brokenQueue({queue, unread}: Facts): Unread | 'sound' | null {
  if (unread.queue?.kind === 'broken') return unread.queue
  return queue && 'sound'
}

function judgeBroken(why: Unread | 'sound'): Found[] {
  if (why === 'sound') return []
  return [
    {
      level: 'critical',
      what: why.reason,
      why: 'neither qtool nor its workers can use this queue',
      fix: why.fix,
    },
  ]
}
