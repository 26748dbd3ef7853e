import type {DatabaseError} from 'pg'
import type {Cause, DeadReason} from '../record/cause.ts'
import {sqlStateOf} from './sqlstates.ts'

/** The dead letter reason for a SQLSTATE. */
export function reasonOf(code: string): DeadReason {
  return sqlStateOf(code).reason ?? 'constraint'
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
