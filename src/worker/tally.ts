import type {LeaseResult} from '../sink/write-lease.ts'

/** What a drain has done so far; counts of records unless said otherwise. */
export interface Tally {
  leases: number
  items: number
  inserted: number
  alreadyThere: number
  deadLettered: number
  deadLettersByReason: Record<string, number>
  /** Records of leases that an earlier worker had written without acknowledging. */
  recovered: number
  /** Leases that another worker had taken over before they could be acknowledged. */
  lostLeases: number
  unknownKeys: number
  /** Leases given back after a failure that passes, to be tried again. */
  retried: number
  /** Records whose parent is missing, to be tried again. */
  postponed: number
}

export function emptyTally(): Tally {
  return {
    leases: 0,
    items: 0,
    inserted: 0,
    alreadyThere: 0,
    deadLettered: 0,
    deadLettersByReason: {},
    recovered: 0,
    lostLeases: 0,
    unknownKeys: 0,
    retried: 0,
    postponed: 0,
  }
}

/** Adds one lease. Rows that an earlier holder wrote are its rows, not ours: they count as recovered. */
export function addLease(tally: Tally, items: number, result: LeaseResult, reasons: string[]): void {
  tally.leases++
  tally.items += items
  tally.unknownKeys += result.unknownKeys
  if (result.wasApplied) {
    tally.recovered += result.records
    return
  }
  tally.inserted += result.inserted
  tally.alreadyThere += result.alreadyThere
  tally.deadLettered += result.deadLetters.length
  tally.postponed += result.postponed.length
  for (const reason of reasons) {
    tally.deadLettersByReason[reason] = (tally.deadLettersByReason[reason] ?? 0) + 1
  }
}
