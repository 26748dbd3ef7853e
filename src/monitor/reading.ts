import type {QueueInspection} from '../queue/inspect.ts'
import type {WorkerState} from '../queue/worker-state.ts'

/** What is kept of one reading to see how a queue changes. */
export interface Reading {
  /** ms since 1970 by the clock of Redis. */
  atMs: number
  /** Items that are not settled yet: ready ones, and those in leases. */
  backlog: number
  /** Leases that are held and not overdue. */
  held: number
  overdueLeases: number
  /** Leases that the living worker processes handle in parallel. */
  workers: number
  paused: boolean
  totals: QueueInspection['totals']
}

/** How long readings are kept, ms. */
const KEPT_MS = 60_000

export function readingOf(inspection: QueueInspection): Reading {
  const {at, ready, leased, leases, overdueLeases, workers, paused, totals} = inspection
  return {
    atMs: Date.parse(at),
    backlog: ready + leased,
    held: leases - overdueLeases,
    overdueLeases,
    workers: workersOf(workers),
    paused,
    totals,
  }
}

/** Leases that worker processes handle in parallel. */
export function workersOf(states: readonly WorkerState[]): number {
  return states.reduce((sum, {workers}) => sum + workers, 0)
}

/**
 * Readings of the last minute with a new one, oldest first. If the clock has gone back, as after a failover, only the
 * new one is left.
 */
export function withReading(readings: readonly Reading[], next: Reading): Reading[] {
  const last = readings.at(-1)
  if (last && last.atMs > next.atMs) return [next]
  return [...readings.filter(({atMs}) => atMs < next.atMs && next.atMs - atMs <= KEPT_MS), next]
}

/** The readings of the last `ms`, and the one before if only one is that new. */
export function within(readings: readonly Reading[], ms: number): readonly Reading[] {
  const last = readings.at(-1)
  if (!last) return []
  const first = readings.findIndex(({atMs}) => last.atMs - atMs <= ms)
  return readings.slice(Math.min(first, Math.max(0, readings.length - 2)))
}
