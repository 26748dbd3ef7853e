import type {Found} from './check.ts'
import type {Facts} from './facts.ts'
import type {LinkFacts} from './link.ts'
import {number, time} from './words.ts'

const TRIP_MS = {redis: 5, postgres: 10}

export function judgeRedisLink({p50Ms, p95Ms}: LinkFacts): Found[] {
  if (p50Ms <= TRIP_MS.redis) return []
  return [
    {
      level: 'warning',
      what: `a round trip to Redis takes ${time(p50Ms)} (95 % within ${time(p95Ms)})`,
      why: `a client that sends one item at a time reaches ${number(1000 / p50Ms)} a second per connection at most`,
      fix: 'send items together, as qtool enqueue does; run workers in the network of Redis',
    },
  ]
}

export function judgePostgresLink({p50Ms, p95Ms}: LinkFacts): Found[] {
  if (p50Ms <= TRIP_MS.postgres) return []
  return [
    {
      level: 'warning',
      what: `a round trip to Postgres takes ${time(p50Ms)} (95 % within ${time(p95Ms)})`,
      why: 'every lease waits for several of them, whatever it holds',
      fix: 'run workers in the network of Postgres, or give them larger leases: qtool work --batch 5000',
    },
  ]
}

/** `critical` is a tenth of a lease. */
const SKEW_MS = {warning: 1000, critical: 3000}

interface Clock {
  name: string
  aheadMs: number
  marginMs: number
}

/** Compares the clocks of this host, Redis and Postgres. */
export function judgeClocks({redis, postgresLink}: Pick<Facts, 'redis' | 'postgresLink'>): Found[] {
  const clocks: Clock[] = [
    {name: 'this host', aheadMs: 0, marginMs: 0},
    ...(redis ? [{name: 'Redis', ...redis.link}] : []),
    ...(postgresLink ? [{name: 'Postgres', ...postgresLink}] : []),
  ].sort((a, b) => a.aheadMs - b.aheadMs)
  const [last, first] = [clocks[0], clocks[clocks.length - 1]]
  // What the round trips leave uncertain is not held against a clock
  const skewMs = first.aheadMs - last.aheadMs - first.marginMs - last.marginMs
  if (skewMs <= SKEW_MS.warning) return []
  return [
    {
      level: skewMs > SKEW_MS.critical ? 'critical' : 'warning',
      what: `the clock of ${first.name} is ${time(first.aheadMs - last.aheadMs)} ahead of that of ${last.name}`,
      why: 'leases go by the clock of Redis alone, but ages, pauses, dead letters and rows bear times of all three',
      fix: 'let all machines follow one time server: timedatectl set-ntp true',
    },
  ]
}
