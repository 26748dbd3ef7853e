import {NOTHING_WRITTEN, OUTCOME_NAMES, type Written} from '../../record/outcomes.ts'

/** What an insert does where a key is there already: what the sink says, which is to skip or to update, or fail. */
export type OnTaken = 'settle' | 'fail'

/** What Postgres said of records that it took all together. */
export interface Answer {
  rowCount: number | null
  rows: unknown[]
}

/** Statements that write the records of a relation, and what they say. */
export interface RecordWrites {
  /** Whether a record whose key is there already can be settled, so that only another key can refuse it. */
  readonly settles: boolean
  /** What became of a record that Postgres took, and that became no row. */
  unwritten(onTaken: OnTaken): 'alreadyThere' | 'suppressed'
  /** Writes all of the records, or fails. */
  all(onTaken: OnTaken): string
  /** What became of so many records. @param answer to `all` */
  countAll(records: number, answer: Answer, onTaken: OnTaken): Written
  /** PL/pgSQL that writes one record, and sets `outcome` to what became of it; it may use `counted` and `is_new`. */
  one(record: string, onTaken: OnTaken): string
  /**
   * Selects the records as (n, place), in the order in which they are written. Of those at one place, the first that is
   * written supersedes the others. @param records an expression of type json
   */
  turns(records: string): string
  /** Two WITH queries, the last one `written`, that write the records of `r` which `where` selects. */
  within(where: string): string
  /** Selects (n, kind) over `within`: how many records had an outcome, and how many were `TRIED`. */
  readonly counts: string
}

/** The records that were not superseded by another of their key. */
export const TRIED = 'tried'

/** What became of so many records. @param found from `RecordWrites.counts`, by kind */
export function countWithin(
  records: number,
  found: ReadonlyMap<string, number>,
  unwritten: 'alreadyThere' | 'suppressed',
): Written {
  const written = {...NOTHING_WRITTEN}
  for (const outcome of OUTCOME_NAMES) written[outcome] = found.get(outcome) ?? 0
  const tried = found.get(TRIED) ?? records
  const told = OUTCOME_NAMES.reduce((sum, outcome) => sum + written[outcome], 0)
  written[unwritten] += tried - told
  written.superseded += records - tried
  return written
}

/** The same, where a statement answers with one row that has a column for each kind. */
export function countRow(
  records: number,
  row: Record<string, string>,
  unwritten: 'alreadyThere' | 'suppressed',
): Written {
  return countWithin(records, new Map(Object.entries(row).map(([kind, n]) => [kind, Number(n)])), unwritten)
}
