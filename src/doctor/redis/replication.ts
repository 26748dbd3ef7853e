import type {Check, Found} from '../check.ts'
import {plural, size, time} from '../words.ts'
import {figure, type ToldRedis} from './told.ts'

/** Checks of a primary with replicas, and of a replica. */
export const REPLICATION_CHECKS: Array<Check<ToldRedis>> = [
  {id: 'redis.role', title: 'this is a primary', judge: judgeRole},
  {id: 'redis.replicas', title: 'replicas keep up', judge: judgeReplicas},
  {id: 'redis.backlog', title: 'a replica may be away for a minute', judge: judgeBacklog},
]

function judgeRole({info}: ToldRedis): Found[] {
  if (info.role !== 'slave') return []
  const isCut = info.master_link_status !== 'up'
  return [
    {
      level: 'critical',
      what: `this is a replica of ${info.master_host}:${info.master_port}${isCut ? ', and has lost its primary' : ''}`,
      why: 'it takes no writes: neither enqueue nor work can use it',
      fix: `name its primary with --redis-url${isCut ? '; if that is gone for good: redis-cli REPLICAOF NO ONE' : ''}`,
    },
  ]
}

/** Replicas answer once a second, by clocks that count whole ones: 2 is no delay. In seconds. */
const LAG = {warning: 2, critical: 10}

function judgeReplicas({info, config}: ToldRedis): Found[] {
  if (info.role === 'slave') return []
  const wanted = Number(config?.['min-replicas-to-write'] ?? 0)
  const good = figure(info, 'min_slaves_good_slaves')
  if (wanted > 0 && good < wanted) {
    return [
      {
        level: 'critical',
        what: `${plural(good, 'replica')} of the ${wanted} that min-replicas-to-write asks for keep up`,
        why: 'Redis refuses all writes (NOREPLICAS)',
        fix: `bring the replicas back, or redis-cli CONFIG SET min-replicas-to-write ${good}`,
      },
    ]
  }
  const lags = replicasOf(info).map(({lag}) => lag)
  const worst = Math.max(0, ...lags)
  if (worst <= LAG.warning) return []
  return [
    {
      level: worst > LAG.critical ? 'critical' : 'warning',
      what: `a replica has not answered for ${worst} s`,
      why: 'what it has not received is lost if it is promoted',
      fix: 'redis-cli INFO replication names the replica; see its log and its network',
    },
  ]
}

/** From `slave0:ip=10.0.0.2,port=6379,state=online,offset=5,lag=0`. */
function replicasOf(info: Record<string, string>): Array<{state: string; lag: number}> {
  return Object.entries(info).flatMap(([name, value]) => {
    if (!/^slave\d+$/.test(name)) return []
    const fields = new Map(value.split(',').map((pair) => pair.split('=') as [string, string]))
    // One that is still being copied has no lag yet
    const isOnline = fields.get('state') === 'online'
    return [{state: fields.get('state') ?? '', lag: isOnline ? Number(fields.get('lag') ?? 0) : 0}]
  })
}

const AWAY_MS = 60_000

function judgeBacklog({info, change}: ToldRedis): Found[] {
  const perMs = change && change.overMs > 0 ? change.replicatedBytes / change.overMs : 0
  const bytes = figure(info, 'repl_backlog_size')
  if (figure(info, 'connected_slaves') === 0 || perMs <= 0 || bytes / perMs >= AWAY_MS) return []
  return [
    {
      level: 'warning',
      what: `the replication backlog of ${size(bytes)} holds ${time(bytes / perMs)} of writes`,
      why: 'a replica that is away for longer has to be sent everything again, which forks Redis',
      fix: `redis-cli CONFIG SET repl-backlog-size ${Math.ceil(perMs * AWAY_MS)}`,
    },
  ]
}
