import {DatabaseError} from 'pg'
import type {Cause, DeadReason} from '../record/cause.ts'

/**
 * Case not found, cardinality, data exceptions, constraint violations, WITH CHECK OPTION, whatever PL/pgSQL or a
 * user-defined function raises, and limits that one value exceeds (54000, e.g. an index row too large).
 * Classes: https://www.postgresql.org/docs/current/errcodes-appendix.html
 */
const OF_THE_DATA = /^(09000|20000|21000|22...|23...|38...|39...|44000|5400.|P0...)$/

/** Codes that only a RAISE in user code can produce: the SQL standard leaves these classes to it. */
const OF_THE_USER = /^(?!5[3-8]|72|F0|HV|P0|XX)[5-9I-Z]/

/** Whether the error is about the data and not about the circumstances. */
export function isDataError(error: unknown): error is DatabaseError {
  if (!(error instanceof DatabaseError)) return false
  const code = error.code ?? ''
  return OF_THE_DATA.test(code) || OF_THE_USER.test(code)
}

/** The dead letter reason for a SQLSTATE. */
export function reasonOf(code: string): DeadReason {
  if (code === '23503') return 'foreign_key'
  return /^(2[12]|20|5400)/.test(code) ? 'invalid' : 'constraint'
}

/** The dead letter cause for Postgres's error about one record. */
export function causeOf(error: DatabaseError): Cause {
  const code = error.code ?? 'XX000'
  return {
    reason: reasonOf(code),
    code,
    message: error.message,
    detail: error.detail,
    column: error.column,
    constraint: error.constraint,
  }
}
