import {DatabaseError} from 'pg'
import {QtoolError} from '../errors.ts'
import {networkFaultOf} from '../network-error.ts'
import {driverMessageOf, type SqlStateClass, sqlStateOf} from './sqlstates.ts'

/**
 * What to do about a failed write.
 * - `retry`: a transient error of this lease: try it again later
 * - `away`: the database as a whole is unavailable
 * - `config`: somebody has to act (missing table, wrong password): stop and keep the items
 */
export type FailureClass = 'retry' | 'away' | 'config'

/** Classifies whatever a write threw. An unknown error stops the worker, because guessing could cost items. */
export function classifyFailure(error: unknown): FailureClass {
  if (error instanceof QtoolError || !(error instanceof Error)) return 'config'
  if (error instanceof DatabaseError) return classifyAnswer(error)
  if (networkFaultOf(error) || driverMessageOf(error.message)?.isAway) return 'away'
  return error instanceof AggregateError && error.errors.every((one) => classifyFailure(one) === 'away')
    ? 'away'
    : 'config'
}

function classifyAnswer(error: DatabaseError): FailureClass {
  const is = classOf(error)
  // A RAISE says nothing about the server as a whole
  if (is === 'away') return isRaised(error) ? 'retry' : 'away'
  return is === 'retry' ? 'retry' : 'config'
}

/**
 * What an error for one record may be about.
 * - `data`: its values
 * - `transient`: nothing that lasts, so a later attempt may succeed
 * - `setup`: tables, functions, privileges on them, or Postgres's own internals, and no RAISE chose the SQLSTATE
 * - `other`: anything that a trigger, a policy or an extension may report
 */
export type FaultKind = 'data' | 'transient' | 'setup' | 'other'

export function faultOf(error: DatabaseError): FaultKind {
  const is = classOf(error)
  if (is === 'retry' || is === 'away') return 'transient'
  return is === 'setup' && isRaised(error) ? 'other' : is
}

/**
 * Whether only rows that are accepted can show that this error is over. A statement without rows or a write elsewhere
 * proves nothing, because the disk of one table may be full. A statement timeout and a lack of memory are different:
 * one record can cause them.
 */
export function needsRowsToPass(error: DatabaseError): boolean {
  const state = sqlStateOf(error.code ?? '')
  return state.class === 'away' && !state.isOfOneStatement
}

/** Whether the error may be about another server or file than those of the database, which a trigger reaches for. */
export function mayBeElsewhere(error: DatabaseError): boolean {
  return sqlStateOf(error.code ?? '').mayBeElsewhere ?? false
}

/** Whether a RAISE or ASSERT in a user-defined function raised the error, with whatever SQLSTATE: its routine tells. */
export function isRaised(error: DatabaseError): boolean {
  return error.routine === 'exec_stmt_raise' || error.routine === 'exec_stmt_assert'
}

/**
 * Whether a statement met locks or changes of another transaction: a deadlock, a serialization failure, a lock timeout. As
 * long as this transaction goes on, it holds locks that the other may wait for, and its snapshot does not change.
 */
export function isConflict(error: DatabaseError): boolean {
  return !isRaised(error) && sqlStateOf(error.code ?? '').isConflict === true
}

/** Whether Postgres itself has found a deadlock, so that no record alone can have caused the error. */
export function isDeadlock(error: DatabaseError): boolean {
  return error.routine === 'DeadLockReport'
}

function classOf({code = ''}: DatabaseError): SqlStateClass {
  return sqlStateOf(code).class
}
