import {DatabaseError} from 'pg'
import type {Cause, DeadReason} from '../queue/dead-letter.ts'

/**
 * Whether Postgres refused the data, not the circumstances: data exceptions, constraint violations, a trigger's
 * RAISE EXCEPTION, and limits that one value exceeds (54000, e.g. an index row too large).
 * Classes: https://www.postgresql.org/docs/current/errcodes-appendix.html
 */
export function isDataError(error: unknown): error is DatabaseError {
  return error instanceof DatabaseError && /^(22...|23...|P0001|5400.)$/.test(error.code ?? '')
}

/** The dead letter reason of a SQLSTATE. */
export function reasonOf(code: string): DeadReason {
  if (code === '23503') return 'foreign_key'
  return code.startsWith('23') || code === 'P0001' ? 'constraint' : 'invalid'
}

/** What Postgres said of one record. */
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
