import {DatabaseError} from 'pg'
import {QtoolError} from '../errors.ts'
import {isDataError} from './data-error.ts'

/**
 * What to do about a failed write.
 * - `retry`: a transient error of this lease (deadlock, serialization, lock or statement timeout): try it again later
 * - `away`: the database as a whole is unavailable (no connection, too many clients, disk full, read-only)
 * - `config`: somebody has to act (missing table, wrong password): stop and keep the items
 */
export type FailureClass = 'retry' | 'away' | 'config'

/** Classes of https://www.postgresql.org/docs/current/errcodes-appendix.html */
const RETRY = /^(40001|40P01|55P03|57014|25P03|25P04|XX000)$/
const AWAY = /^(08|53|57|58|25006)/

/** System calls, and messages of pg without a code when a connection ends or cannot be made. */
const BROKEN_CODES = /^(ECONN|ENOTFOUND|EAI_AGAIN|ETIMEDOUT|EPIPE|EHOSTUNREACH|ENETUNREACH)/
const BROKEN_MESSAGES =
  /^(Connection terminated|timeout exceeded when trying to connect|timeout expired|Query read timeout|Client has encountered a connection error|Client was closed)/

/** Classifies whatever a write threw. An unknown error stops the worker, because guessing could cost items. */
export function classifyFailure(error: unknown): FailureClass {
  if (error instanceof QtoolError || !(error instanceof Error)) return 'config'
  const code = 'code' in error && typeof error.code === 'string' ? error.code : ''
  if (error instanceof DatabaseError) {
    if (RETRY.test(code)) return 'retry'
    // A RAISE says nothing about the server as a whole
    if (AWAY.test(code) && isRaised(error)) return 'retry'
    return AWAY.test(code) ? 'away' : 'config'
  }
  if (BROKEN_CODES.test(code) || BROKEN_MESSAGES.test(error.message)) return 'away'
  return error instanceof AggregateError && error.errors.every((one) => classifyFailure(one) === 'away')
    ? 'away'
    : 'config'
}

/**
 * What an error for one record may be about.
 * - `data`: its values
 * - `transient`: nothing that lasts, so a later attempt may succeed; see `RETRY` and `AWAY`
 * - `setup`: tables, functions, privileges on them, or Postgres's own internals, and no RAISE chose the SQLSTATE
 * - `other`: anything that a trigger, a policy or an extension may report
 */
export type FaultKind = 'data' | 'transient' | 'setup' | 'other'

/** Without 42501, which row security raises for a row. */
const SETUP = /^(42(?!501)|F0|HV|XX)/

export function faultOf(error: DatabaseError): FaultKind {
  const code = error.code ?? ''
  if (isDataError(error)) return 'data'
  if (RETRY.test(code) || AWAY.test(code)) return 'transient'
  return SETUP.test(code) && !isRaised(error) ? 'setup' : 'other'
}

/**
 * Whether only rows that are accepted can show that this error is over. A statement without rows or a write elsewhere
 * proves nothing, because the disk of one table may be full. A statement timeout and a lack of memory are different:
 * one record can cause them.
 */
export function needsRowsToPass(error: DatabaseError): boolean {
  const code = error.code ?? ''
  return AWAY.test(code) && !OF_ONE_STATEMENT.test(code)
}

/** 57014 ends one statement, 53200 and 53400 refuse it memory or temporary files. */
const OF_ONE_STATEMENT = /^(57014|53200|53400)$/

/** Whether a RAISE or ASSERT in a user-defined function raised the error, with whatever SQLSTATE: its routine tells. */
export function isRaised(error: DatabaseError): boolean {
  return error.routine === 'exec_stmt_raise' || error.routine === 'exec_stmt_assert'
}
