import {shellWord} from '../../config/shell-word.ts'
import type {Check, Found} from '../check.ts'
import {plural, time} from '../words.ts'
import type {SentinelFacts} from './sentinel-facts.ts'
import {describeFaults, isWithoutSuccessor} from './successors.ts'

/** How long a lease is unless `qtool work --lease` says otherwise, ms. */
const LEASE_MS = 30_000

export const QUORUM_CHECK: Check<SentinelFacts> = {
  id: 'sentinel.quorum',
  title: 'sentinels can agree on a failover',
  judge: judgeQuorum,
}

export const REPLICAS_CHECK: Check<SentinelFacts> = {
  id: 'sentinel.replicas',
  title: 'a replica can be promoted',
  judge: judgeReplicas,
}

export const SENTINEL_CHECKS: Array<Check<SentinelFacts>> = [
  {id: 'sentinel.number', title: 'one sentinel may fail', judge: judgeNumber},
  {id: 'sentinel.down-after', title: 'a failover is faster than a lease', judge: judgeDownAfter},
]

function judgeQuorum({complaint, name}: SentinelFacts): Found[] {
  if (complaint === null) return []
  return [
    {
      level: 'critical',
      what: `the sentinels of ${name} cannot agree: ${complaint}`,
      why: 'if the primary dies, no replica takes its place',
      fix: `start the sentinels that are missing; redis-cli -p 26379 SENTINEL CKQUORUM ${shellWord(name)} tells when it is mended`,
    },
  ]
}

function judgeReplicas({name, replicas}: SentinelFacts): Found[] {
  if (!replicas || !isWithoutSuccessor(replicas)) return []
  const isBarred = replicas.some(({fault}) => fault?.includes('replica-priority'))
  return [
    {
      level: 'critical',
      what:
        replicas.length === 0
          ? `${name} has no replica`
          : `no replica of ${name} can be promoted: ${describeFaults(replicas)}`,
      why: 'if the primary dies, no other server takes its place',
      fix:
        replicas.length === 0
          ? 'start one: redis-cli REPLICAOF HOST PORT on a second server'
          : isBarred
            ? 'redis-cli CONFIG SET replica-priority 100 on a replica that may take over'
            : 'start the replicas again, or see in their logs why they do not reach their primary',
    },
  ]
}

function judgeNumber({known, quorum, name}: SentinelFacts): Found[] {
  if (known >= 3 && known % 2 === 1) return []
  return [
    {
      level: 'warning',
      what: `${plural(known, 'sentinel')} watch ${name}, with a quorum of ${quorum}`,
      why: 'a failover needs most of the sentinels: an even number survives no more failures than one fewer, and fewer than 3 survive none',
      fix: 'run three or five sentinels, on machines that do not fail together',
    },
  ]
}

function judgeDownAfter({downAfterMs, name}: SentinelFacts): Found[] {
  if (downAfterMs < LEASE_MS) return []
  return [
    {
      level: 'warning',
      what: `the sentinels wait ${time(downAfterMs)} before they replace ${name}`,
      why: `workers hold leases for ${time(LEASE_MS)}: all of them run out before there is a new primary`,
      fix: `redis-cli -p 26379 SENTINEL SET ${shellWord(name)} down-after-milliseconds 5000, on every sentinel`,
    },
  ]
}
