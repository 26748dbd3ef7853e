import {shellWord} from '../../config/shell-word.ts'
import type {Check, Found} from '../check.ts'
import {plural, time} from '../words.ts'
import type {SentinelFacts} from './sentinel-facts.ts'

/** How long a lease is unless `qtool work --lease` says otherwise, ms. */
const LEASE_MS = 30_000

export const SENTINEL_CHECKS: Array<Check<SentinelFacts>> = [
  {id: 'sentinel.quorum', title: 'sentinels can agree on a failover', judge: judgeQuorum},
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
