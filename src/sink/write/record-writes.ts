import type {Written} from '../../record/outcomes.ts'

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
  /**
   * The statement of PL/pgSQL that writes one record, and sets `counted` to the rows written and `is_new` to false if it
   * updated one.
   */
  one(record: string, onTaken: OnTaken): string
  /**
   * Selects the records as (n, place), in the order in which they are written. Of those at one place, the first that is
   * written supersedes the others. @param records an expression of type json
   */
  turns(records: string): string
  /** Two WITH queries, the last one `written`, that write the records of `r` which `where` selects. */
  within(where: string): string
  /** Selects (n, kind) over `written`: how many rows were inserted ('i'), updated ('d'), and tried ('t'). */
  readonly counts: string
}

/** What became of so many records. @param found from `RecordWrites.counts` */
export function countWithin(
  records: number,
  found: ReadonlyMap<string, number>,
  unwritten: 'alreadyThere' | 'suppressed',
): Written {
  const [inserted, updated] = [found.get('i') ?? 0, found.get('d') ?? 0]
  const tried = found.get('t') ?? records
  const rest = {alreadyThere: 0, suppressed: 0}
  rest[unwritten] = tried - inserted - updated
  return {inserted, updated, superseded: records - tried, ...rest}
}
