/** What of Redis decides how much can be lost; null means that it is not known. */
export interface RedisKeeping {
  appendonly: boolean | null
  /** `always`, `everysec` or `no`. */
  appendfsync: string | null
  /** Whether it saves snapshots by itself. */
  savesSnapshots: boolean | null
  /** Connected replicas; for a replica, of its primary. */
  replicas: number | null
  /** `min-replicas-to-write`: 0 means that a primary writes alone. */
  minReplicasToWrite: number | null
  /** `min-replicas-max-lag`, s. */
  maxLagSeconds: number | null
}

/** What of Postgres decides how much can be lost; null means that it is not known. */
export interface PostgresKeeping {
  fsync: boolean | null
  /** `synchronous_commit`: `off`, `local`, `remote_write`, `on` or `remote_apply`. */
  synchronousCommit: string | null
  /** Connected standbys. */
  standbys: number | null
  /** Whether `synchronous_standby_names` makes a commit wait for one of them. */
  waitsForStandby: boolean | null
}

/** What decides how much can be lost; null for a server of which nothing is known. */
export interface Keeping {
  redis: RedisKeeping | null
  postgres: PostgresKeeping | null
}

/** `kernel`: its file is written to disk when the kernel decides. `snapshots`: no file but the last snapshot. */
export type RedisDurability = 'always' | 'everysec' | 'kernel' | 'snapshots' | 'none' | 'unknown'

/** `none`: there is no replica. `bounded`: a primary stops writing once too few replicas keep up. */
export type Failover = 'none' | 'bounded' | 'unbounded' | 'unknown'

/** `unsafe`: fsync is off. */
export type PostgresDurability = 'synchronous' | 'asynchronous' | 'unsafe' | 'unknown'

/** What can be lost when a server dies: a row of docs/guarantees.md, worked out for these servers. */
export interface Guarantee {
  redisDurability: RedisDurability
  failover: Failover
  postgresDurability: PostgresDurability
  /** How the servers keep their data, in a few words. */
  row: string
  /** What can be lost: one sentence without a period. */
  sentence: string
  /** The same event by event. */
  losses: Array<{when: string; lost: string}>
}

/** Judges what can be lost, and when. */
export function guaranteeOf({redis, postgres}: Keeping): Guarantee {
  const redisDurability = redisDurabilityOf(redis)
  const failover = failoverOf(redis)
  const postgresDurability = postgresDurabilityOf(postgres)
  const losses = [
    ...redisLosses(redisDurability),
    ...failoverLosses(failover, redis),
    ...postgresLosses(postgresDurability),
    ...standbyLosses(postgres),
  ]
  const bad = losses.filter(({lost}) => lost !== NOTHING).map(({when, lost}) => `if ${when}: ${lost}`)
  const whole = 'nothing that was acknowledged is lost, whichever server is killed or loses power'
  return {
    redisDurability,
    failover,
    postgresDurability,
    row: `Redis: ${REDIS_WORDS[redisDurability]}, ${FAILOVER_WORDS[failover]}; Postgres: ${POSTGRES_WORDS[postgresDurability]}`,
    sentence: bad.length === 0 ? whole : bad.join('; '),
    losses,
  }
}

const NOTHING = 'nothing'

const REDIS_WORDS: Record<RedisDurability, string> = {
  always: 'appendfsync always',
  everysec: 'appendfsync everysec',
  kernel: 'appendfsync no',
  snapshots: 'snapshots only',
  none: 'no file',
  unknown: 'persistence unknown',
}

const FAILOVER_WORDS: Record<Failover, string> = {
  none: 'no replica',
  bounded: 'replicas with a bounded lag',
  unbounded: 'replicas that may lag',
  unknown: 'replicas unknown',
}

const POSTGRES_WORDS: Record<PostgresDurability, string> = {
  synchronous: 'commits wait for the disk',
  asynchronous: 'commits do not wait for the disk',
  unsafe: 'fsync off',
  unknown: 'settings unknown',
}

function redisDurabilityOf(redis: RedisKeeping | null): RedisDurability {
  if (redis?.appendonly === true) {
    const kinds: Record<string, RedisDurability> = {always: 'always', everysec: 'everysec', no: 'kernel'}
    return kinds[redis.appendfsync ?? ''] ?? 'unknown'
  }
  if (redis?.appendonly !== false || redis.savesSnapshots === null) return 'unknown'
  return redis.savesSnapshots ? 'snapshots' : 'none'
}

function failoverOf(redis: RedisKeeping | null): Failover {
  if (redis === null || redis.replicas === null) return 'unknown'
  if (redis.replicas === 0 && !redis.minReplicasToWrite) return 'none'
  return redis.minReplicasToWrite ? 'bounded' : 'unbounded'
}

function postgresDurabilityOf(postgres: PostgresKeeping | null): PostgresDurability {
  if (postgres?.fsync === false) return 'unsafe'
  if (postgres?.synchronousCommit === 'off') return 'asynchronous'
  return postgres?.fsync && postgres.synchronousCommit ? 'synchronous' : 'unknown'
}

const KILLED = 'Redis is killed'
const POWER = 'Redis loses power'
const LAST = 'what was enqueued in it is lost, and leases taken and acknowledged in it come back as new items'

function redisLosses(durability: RedisDurability): Guarantee['losses'] {
  const both = (lost: string) => [KILLED, POWER].map((when) => ({when, lost}))
  const power = (lost: string) => [
    {when: KILLED, lost: NOTHING},
    {when: POWER, lost},
  ]
  switch (durability) {
    case 'always':
      return both(NOTHING)
    case 'everysec':
      return power(`about a second is forgotten: ${LAST}`)
    case 'kernel':
      return power(`up to half a minute is forgotten: ${LAST}`)
    case 'snapshots':
      return both(`all since the last snapshot is forgotten: ${LAST}`)
    case 'none':
      return both('the queue, its leases and its dead letters are lost; rows are not')
    case 'unknown':
      return both('unknown')
  }
}

function failoverLosses(failover: Failover, redis: RedisKeeping | null): Guarantee['losses'] {
  const lost: Record<Exclude<Failover, 'none'>, string> = {
    bounded: `what the replica had not received is lost: ${redis?.maxLagSeconds ?? 10} s at most`,
    unbounded: 'what the replica had not received is lost, however much that is',
    unknown: 'unknown',
  }
  return failover === 'none' ? [] : [{when: 'a replica of Redis is promoted', lost: lost[failover]}]
}

function postgresLosses(durability: PostgresDurability): Guarantee['losses'] {
  const recent = 'rows of the last moments are lost, though their items have left the queue'
  const lost: Record<PostgresDurability, [killed: string, power: string]> = {
    synchronous: [NOTHING, NOTHING],
    asynchronous: [recent, recent],
    unsafe: [NOTHING, 'the database may be damaged'],
    unknown: ['unknown', 'unknown'],
  }
  const [killed, power] = lost[durability]
  return [
    {when: 'Postgres is killed', lost: killed},
    {when: 'Postgres loses power', lost: power},
  ]
}

function standbyLosses(postgres: PostgresKeeping | null): Guarantee['losses'] {
  if (!postgres?.standbys) return []
  const waits = postgres.waitsForStandby && !['off', 'local'].includes(postgres.synchronousCommit ?? '')
  const lost = waits ? NOTHING : 'rows that the standby had not received are lost'
  return [{when: 'a standby of Postgres is promoted', lost}]
}
