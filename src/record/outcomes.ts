/** What becomes of a record that is not refused: its name here → its name in Redis, in the ledger and in metrics. */
export const OUTCOMES = {
  inserted: 'inserted',
  /** Changed the row that has its key. */
  updated: 'updated',
  /** Removed the row that has its key, or marked it as deleted. */
  deleted: 'deleted',
  /** Not written, because its lease holds a newer record with its key. */
  superseded: 'superseded',
  /** A row with its key is in the table, and stays as it is. */
  alreadyThere: 'already_there',
  /** Deletes a row that is not in the table, or that is marked as deleted already. */
  alreadyGone: 'already_gone',
  /** Dropped or redirected by a trigger or rule of the table; Postgres does not say which. */
  suppressed: 'suppressed',
} as const

export type Outcome = keyof typeof OUTCOMES

/** Records by their outcome. */
export type Written = Record<Outcome, number>

export const OUTCOME_NAMES = Object.keys(OUTCOMES) as Outcome[]

export const NOTHING_WRITTEN: Written = writtenBy(() => 0)

/** A count for each outcome. */
export function writtenBy(countOf: (outcome: Outcome) => number): Written {
  return Object.fromEntries(OUTCOME_NAMES.map((outcome) => [outcome, countOf(outcome)])) as Written
}

/** The outcomes alone, of something that holds more. */
export function writtenOf(counts: Written): Written {
  return writtenBy((outcome) => counts[outcome])
}

/** Records with any of these outcomes. */
export function countWritten(counts: Written): number {
  return OUTCOME_NAMES.reduce((sum, outcome) => sum + counts[outcome], 0)
}

/** Records that are settled: written, or made dead letters. */
export function countSettled(counts: Written & {deadLettered: number}): number {
  return countWritten(counts) + counts.deadLettered
}
