import type {Reading} from '../../src/monitor/reading.ts'
import type {QueueInspection} from '../../src/queue/inspect.ts'

const NOTHING = {
  enqueued: 0,
  inserted: 0,
  alreadyThere: 0,
  updated: 0,
  superseded: 0,
  deleted: 0,
  alreadyGone: 0,
  suppressed: 0,
  deadLettered: 0,
  empty: 0,
  trimmed: 0,
}

/** A reading of an empty queue, with some fields of its own; `totals` may be given in part. */
export function reading(
  fields: Partial<Omit<Reading, 'totals'>> & {totals?: Partial<Reading['totals']>},
): Reading {
  const {totals, ...rest} = fields
  const none = {atMs: 0, backlog: 0, held: 0, overdueLeases: 0, workers: 1, paused: false}
  return {...none, ...rest, totals: {...NOTHING, ...totals}}
}

/** What was read of an empty queue, with some fields of its own. */
export function inspection(fields: Partial<QueueInspection> = {}): QueueInspection {
  return {
    queue: 'orders',
    engine: 'zset',
    readyKey: null,
    spread: null,
    payload: null,
    looksLike: null,
    at: '2026-11-26T10:00:00.000Z',
    ready: 0,
    leased: 0,
    isLeasedEstimate: false,
    leases: 0,
    overdueLeases: 0,
    deadLetters: 0,
    paused: false,
    pauseEndsInMs: null,
    oldestMs: null,
    workers: [],
    deadLettersByReason: {},
    foreignDeadLetters: 0,
    timesByReason: {},
    foreignTimes: null,
    firstFailedAt: null,
    lastFailedAt: null,
    totals: NOTHING,
    memory: {ready: null, deadLetters: null},
    server: null,
    slowlog: null,
    warnings: [],
    verified: null,
    readFrom: null,
    ...fields,
  }
}
