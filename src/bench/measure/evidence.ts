import {count} from '../../render/format.ts'
import type {Limit} from '../shape/findings.ts'
import type {Usage} from '../shape/step.ts'
import type {LoopLoad} from './loop-watch.ts'

/** What was observed while a step ran. Shares are 0 to 1; null means not observed. */
export interface Evidence {
  samples: number
  usage: Usage
  /** Share of the time in which the event loop of this process was not idle. */
  loopBusy: number
  /** The busiest of the processes that made the load; this one if left out. */
  generator?: LoopLoad
  machine: {
    cores: number
    /** Share of all cores in use, by any program. */
    busy: number
  }
  /** ms of the fastest PING among the samples, which is the network round trip. */
  roundTrip: number | null
  pool: PoolEvidence | null
  waits: WaitEvidence | null
  /** Sequential round trips; filled in by the caller, who knows how its work is sent. */
  trips: TripEvidence | null
}

export interface PoolEvidence {
  max: number
  /** Connections in use, on average. */
  inUse: number
  /** Share of the samples at which a caller waited for a connection. */
  waiting: number
}

/** Backends of qtool in Postgres, on average over the samples. */
export interface WaitEvidence {
  /** Backends that execute a statement. */
  active: number
  /** Backends that are idle in a transaction, i.e. wait for qtool. */
  idleInTransaction: number
  /** Active backends by wait event, e.g. {'IO WALSync': 2.5}; those without one are on the CPU. */
  events: Record<string, number>
}

export interface TripEvidence {
  perSecond: number
  /** How long each takes, ms. */
  ms: number
  /** How many are in flight at a time. */
  lanes: number
}

/** Percent of a core at which a single thread counts as saturated. */
const FULL_CPU = 90

/** Share of busy time at which the event loop, or all cores, count as saturated. */
const FULL = 0.95

/** One wait is the limit if it holds up this share of the active backends, and at least this many of them. */
const MOST_WAIT = 0.5
const LEAST_WAITING = 1

/** Percent of a core that other programs may use without being mentioned. */
const OTHERS = 20

const POOL_WAITING = 0.5
const IN_TRIPS = 0.7

/** Waits of Postgres when it writes: for its log, for its files, and to extend them. */
const WRITE_EVENTS = /^(IO |LWLock (WAL|ParallelWAL)|Lock extend)/
const LOCK_EVENTS = /^(Lock |LWLock )/

/**
 * Names the one resource that holds everything else up, with the figures that show it, most telling first. Causes are
 * checked before their effects: a pool is also used up if its connections wait for locks, and then the locks are the
 * limit. `none` if nothing is exhausted: then the load was too low, or the limit is something that was not observed.
 */
export function nameLimit(evidence: Evidence): Limit {
  const suspects = [
    ofGenerator(evidence),
    ofRedis(evidence),
    ofWaits(evidence, 'postgres locks', (event) => LOCK_EVENTS.test(event) && !WRITE_EVENTS.test(event)),
    ofWaits(evidence, 'postgres writes', (event) => WRITE_EVENTS.test(event)),
    ofTrips(evidence),
    ofMachine(evidence),
    ofPool(evidence),
  ].filter((suspect) => suspect !== undefined)
  const guilty = suspects.find((suspect) => suspect.isFull)
  const others = suspects.filter((suspect) => suspect !== guilty)
  return {
    what: guilty?.what ?? 'none',
    evidence: [guilty, ...others].flatMap((suspect) => suspect?.text ?? []),
  }
}

interface Suspect {
  what: string
  isFull: boolean
  text: string
}

function ofGenerator({usage, loopBusy, machine, generator}: Evidence): Suspect {
  const {cpu, busy} = generator ?? {cpu: usage.qtool.cpu ?? 0, busy: loopBusy}
  const text = `qtool event loop ${percent(busy)} busy, ${Math.round(cpu)} % of a core, p99 delay ${usage.loopLagMs.toFixed(1)} ms`
  // The loop is never idle, but does not get the CPU that it could use: other programs have it
  const isStarved = machine.busy >= FULL && cpu < FULL_CPU
  return {what: 'generator', isFull: cpu >= FULL_CPU || (busy >= FULL && !isStarved), text}
}

function ofRedis({usage: {redis}}: Evidence): Suspect | undefined {
  if (redis?.cpu == null) return undefined
  return {
    what: 'redis cpu',
    isFull: redis.cpu >= FULL_CPU,
    text: `redis ${Math.round(redis.cpu)} % of a core`,
  }
}

function ofWaits({waits}: Evidence, what: string, isOne: (event: string) => boolean): Suspect | undefined {
  if (!waits) return undefined
  const found = Object.entries(waits.events).filter(([event]) => isOne(event))
  const waiting = found.reduce((sum, [, backends]) => sum + backends, 0)
  const [most] = found.toSorted((a, b) => b[1] - a[1])
  const named = most ? `, most on ${most[0]}` : ''
  return {
    what,
    isFull: waiting >= LEAST_WAITING && waiting >= MOST_WAIT * waits.active,
    text: `${what}: ${waiting.toFixed(1)} of ${waits.active.toFixed(1)} active backends waited${named}`,
  }
}

function ofMachine({usage, machine}: Evidence): Suspect {
  const {qtool, redis, postgres} = usage
  const ofPostgres = postgres?.cpu ?? 0
  const others = usedByOthers({usage, machine})
  const isPostgres = ofPostgres > Math.max(qtool.cpu ?? 0, redis?.cpu ?? 0, others)
  const inUse = `${machine.cores} cores of this machine ${percent(machine.busy)} busy`
  const share = others > OTHERS ? `${inUse}, ${Math.round(others)} % of a core by other programs` : inUse
  return {
    what: isPostgres ? 'postgres cpu' : 'machine cpu',
    isFull: machine.busy >= FULL,
    text: postgres?.cpu == null ? share : `postgres ${Math.round(ofPostgres)} % of a core, ${share}`,
  }
}

/** CPU of other programs, percent of a core; 0 if the CPU of a server is unknown, since it may be that server's. */
function usedByOthers({
  usage: {qtool, redis, postgres},
  machine,
}: Pick<Evidence, 'usage' | 'machine'>): number {
  if (redis?.cpu == null || postgres?.cpu == null) return 0
  return Math.max(0, machine.busy * machine.cores * 100 - (qtool.cpu ?? 0) - redis.cpu - postgres.cpu)
}

function ofPool({pool}: Evidence): Suspect | undefined {
  if (!pool) return undefined
  return {
    what: 'postgres pool',
    isFull: pool.waiting >= POOL_WAITING,
    text: `pool wait ${percent(pool.waiting)} of the time (${pool.inUse.toFixed(1)} of ${pool.max} in use)`,
  }
}

function ofTrips({trips, roundTrip}: Evidence): Suspect | undefined {
  if (!trips) {
    if (roundTrip === null) return undefined
    return {what: 'round trip', isFull: false, text: `round trip ${roundTrip.toFixed(2)} ms`}
  }
  const share = (trips.perSecond * trips.ms) / 1000 / trips.lanes
  const text = `${count(trips.perSecond)} round trips/s of ${trips.ms.toFixed(2)} ms, ${trips.lanes} at a time: ${percent(share)} of the time`
  return {what: 'round trip', isFull: share >= IN_TRIPS, text}
}

function percent(share: number): string {
  return `${Math.round(share * 100)} %`
}
