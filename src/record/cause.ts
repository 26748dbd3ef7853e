/** Machine-readable reasons why an item became a dead letter. */
export const DEAD_REASONS = [
  'malformed',
  'invalid',
  'foreign_key',
  'constraint',
  'retries_exhausted',
  'poison',
] as const
export type DeadReason = (typeof DEAD_REASONS)[number]

/** Why a record was not written. */
export interface Cause {
  reason: DeadReason
  /**
   * A SQLSTATE, or a code of qtool's own: `JSON`, `UTF8`, `NUL`, `SURROGATE`, `DEPTH`, `DUPKEY`,
   * `SIZE`, `SHAPE`, `JOB`, `NO_JOB`, `TS_FORMAT`, `NOT_FINITE`, `NUMBER_FORMAT`, `UNKNOWN_KEY`, `NO_COLUMN`,
   * `TWO_KEYS`, `NO_LIST`, `NO_ROUTE`, `PARENT_REFUSED`.
   */
  code: string
  /** Postgres's own message, if Postgres refused the record. */
  message: string
  detail?: string
  column?: string
  /** The table that refused it, with its schema, if records of the queue go into several. */
  table?: string
  constraint?: string
}
