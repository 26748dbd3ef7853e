import {NOTHING_WRITTEN, OUTCOME_NAMES, type Written, writtenOf} from '../record/outcomes.ts'
import {MOST_NAMED} from '../sink/decode/unknown-keys.ts'
import type {Counts} from './events.ts'
import {sizeOf} from './held-lease.ts'
import type {WorkerObserver, WrittenLease} from './observer.ts'
import {addTables, countTables, type TableCounts} from './table-counts.ts'

/** What a drain has done so far, in records unless stated otherwise. */
export interface Tally extends Written {
  leases: number
  items: number
  /** Items in which there was no record. */
  empty: number
  deadLettered: number
  deadLettersByReason: Record<string, number>
  /** Records of leases that an earlier worker had written without acknowledging. */
  recovered: number
  /** Leases that another worker took over before they could be acknowledged. */
  lostLeases: number
  /** The first MOST_NAMED record keys that match no column, and how often each was given. */
  unknownKeys: Record<string, number>
  /** How often any such key was given, including those beyond MOST_NAMED. */
  unknownKeyCount: number
  /** Leases given back after a transient error. */
  retried: number
  /** Records that a foreign key refused, to be tried again. */
  postponed: number
  /** The same for each table. */
  tables: TableCounts
  /** Whether the queue was paused when last looked at, so that items may be left. */
  paused: boolean
}

/** The counts of a tally that a line about progress has. */
export function countsOf(counts: Counts): Counts {
  const {items, deadLettered, tables} = counts
  return {items, ...writtenOf(counts), deadLettered, tables}
}

export function emptyTally(): Tally {
  return {
    leases: 0,
    items: 0,
    empty: 0,
    ...NOTHING_WRITTEN,
    deadLettered: 0,
    deadLettersByReason: {},
    recovered: 0,
    lostLeases: 0,
    unknownKeys: {},
    unknownKeyCount: 0,
    retried: 0,
    postponed: 0,
    tables: {},
    paused: false,
  }
}

/** Counts in `tally` what happens in a worker. */
export function keepTally(tally: Tally): WorkerObserver {
  return {
    settled: (lease, written) => addLease(tally, sizeOf(lease).count, written),
    gaveBack: (_, why) => {
      if (why === 'failed') tally.retried++
    },
    lost: () => {
      tally.lostLeases++
    },
    paused: (paused) => {
      tally.paused = paused
    },
  }
}

/** Adds one lease. Rows that an earlier holder wrote count as recovered, since this process did not write them. */
function addLease(tally: Tally, items: number, written: WrittenLease): void {
  tally.leases++
  tally.items += items
  tally.empty += written.empty
  for (const {unknown} of written.tables) addUnknownKeys(tally, unknown.count, unknown.names)
  if (written.wasApplied) {
    tally.recovered += written.records
    return
  }
  for (const outcome of OUTCOME_NAMES) tally[outcome] += written[outcome]
  tally.deadLettered += written.deadLetters.length
  tally.postponed += written.postponed.length
  tally.tables = addTables(tally.tables, countTables(written))
  for (const {reason} of written.refused) {
    tally.deadLettersByReason[reason] = (tally.deadLettersByReason[reason] ?? 0) + 1
  }
}

/** Adds keys that match no column. @param names each with how often it was given */
export function addUnknownKeys(
  tally: Pick<Tally, 'unknownKeys' | 'unknownKeyCount'>,
  count: number,
  names: Iterable<[string, number]>,
): void {
  tally.unknownKeyCount += count
  const known = new Map(Object.entries(tally.unknownKeys))
  for (const [name, n] of names) {
    if (known.has(name) || known.size < MOST_NAMED) known.set(name, (known.get(name) ?? 0) + n)
  }
  // fromEntries, because a key may be called __proto__ and could not be assigned
  tally.unknownKeys = Object.fromEntries(known)
}
