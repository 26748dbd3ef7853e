import type {Written} from '../record/outcomes.ts'
import type {FuseOptions} from './fuse.ts'
import type {ServerName} from './observer.ts'
import type {TableCounts} from './table-counts.ts'

/** What workers are, told when they begin. */
export interface Started {
  event: 'started'
  queue: string
  table: string
  /** Leases processed in parallel, by all processes. */
  workers: number
  processes: number
  /** Approximate number of records per lease. */
  batch: number
  maxRefused: FuseOptions['share']
  /** Whether the ledger keeps a lease from being written twice. */
  hasLedger: boolean
  /** Masked. */
  redis: string
  postgres: string
  profile: string | null
  version: string
  /** How the servers keep their data; see docs/guarantees.md. */
  guarantee: string
}

/** What workers have done so far, in records unless stated otherwise. */
export interface Counts extends Written {
  items: number
  deadLettered: number
  /** The same for each table. */
  tables: TableCounts
}

export interface Progress extends Counts {
  /** Items that wait in the queue; null if Redis does not answer. */
  ready: number | null
}

/** What was done lately. */
export interface Pace {
  lastMinute: {records: number; deadLettered: number}
  /** Over the last ten seconds. */
  recordsPerSecond: number
  /** How long the items that wait take at the rate of the last ten seconds; null if that is not known. */
  leftMs: number | null
}

export interface UnknownKey {
  key: string
  /** One of its values, as written; the beginning of a long one. */
  example: string
  /** A column that only Postgres fills. */
  isGenerated: boolean
  /** What the mapping gives the column of that name in its place; null if there is none. */
  mappedFrom: string | null
}

/** A server is away, or back; each state of an outage is told once. */
export interface ServerEvent {
  event: 'server'
  server: ServerName
  state: 'down' | 'refusing' | 'probing' | 'back'
  error: string | null
  /** Once it is back: how long it was away, and how often it was asked meanwhile. */
  seconds?: number
  probes?: number
}

/** Something worth a line while workers run. */
export type WorkEvent =
  | Started
  /** Once a minute. */
  | ({event: 'progress'} & Progress & Pace)
  /** `ready` items wait. `until` is null if the queue has to be resumed. */
  | {event: 'paused'; ready: number; by: string | null; since: string | null; until: string | null}
  | {event: 'resumed'}
  | ServerEvent
  /** Names of columns, and every change in plain words. */
  | {event: 'table_changed'; table: string; added: string[]; dropped: string[]; changes: string[]}
  /** Columns that the table had, and that records still give. */
  | {event: 'values_left_out'; table: string; keys: string[]}
  /** With a mapping, keys are paths of values that it gives no column. */
  | {event: 'unknown_keys'; table: string; isMapped: boolean; keys: UnknownKey[]}
  | {event: 'rows_suppressed'; table: string}
  | {event: 'note'; message: string}
  | ({event: 'stopped'; seconds: number} & Counts)

/** Takes what happens. */
export type Tell = (event: WorkEvent) => void
