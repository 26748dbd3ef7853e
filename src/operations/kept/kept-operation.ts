import type {StoredOperation} from '../../queue/operation-book/read.ts'
import type {OperationState} from '../../queue/operation-book/state.ts'
import type {JsonError} from '../../render/error.ts'
import type {PlanFile, PlannedAction} from '../plans/shape.ts'

/** What a kept operation is to do, as it is stored. */
export interface KeptPlan {
  file: PlanFile
  /** The question that a person answers. */
  ask: string
}

/** An operation that outlives whoever asked for it. Times are RFC 3339 by the clock of Redis. */
export interface KeptOperation {
  id: string
  operation: PlannedAction
  queue: string
  /** As in a plan file. */
  input: object
  state: OperationState
  plan: Pick<PlanFile, 'affected' | 'byReason' | 'fingerprint' | 'madeAt' | 'madeBy'> & {ask: string}
  /** Letters or items changed so far. */
  done: number
  /** What its command would print with --json, once it is over; for one that was undone also `restored`. */
  result: object | null
  error: JsonError['error'] | null
  /** Who applied it; empty before. */
  actor: string
  /** Process that carries it on. */
  runner: string | null
  createdAt: string
  startedAt: string | null
  endedAt: string | null
  updatedAt: string
  canUndo: boolean
}

/** States after which nothing happens by itself. */
export const OVER: readonly OperationState[] = ['done', 'failed', 'cancelled', 'undone']

export function viewOf(stored: StoredOperation): KeptOperation {
  const {id, queue, state, done, actor, runner} = stored
  const {file, ask} = planOf(stored)
  const {operation, input, affected, byReason, fingerprint, madeAt, madeBy} = file
  return {
    ...{id, operation, queue, input, state},
    plan: {affected, byReason, fingerprint, madeAt, madeBy, ask},
    done,
    result: stored.result as object | null,
    error: stored.error as KeptOperation['error'],
    ...{actor, runner},
    createdAt: timeOf(stored.createdAt),
    startedAt: stored.startedAt === null ? null : timeOf(stored.startedAt),
    endedAt: stored.endedAt === null ? null : timeOf(stored.endedAt),
    updatedAt: timeOf(stored.updatedAt),
    canUndo: canUndo(stored),
  }
}

export function planOf({plan}: StoredOperation): KeptPlan {
  return plan as KeptPlan
}

/** Whether there is something to put back, and nobody is about to change more. */
export function canUndo({state, hasTrash}: StoredOperation): boolean {
  return hasTrash && (state === 'done' || state === 'failed' || state === 'cancelled')
}

function timeOf(ms: number): string {
  return new Date(ms).toISOString()
}
