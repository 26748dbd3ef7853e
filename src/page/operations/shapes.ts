import type {PlannedAction} from '../../operations/plans/shape.ts'

export type OperationState =
  | 'planned'
  | 'running'
  | 'paused'
  | 'done'
  | 'failed'
  | 'cancelled'
  | 'undoing'
  | 'undone'

/** An operation that outlives whoever asked for it. Times are RFC 3339 by the clock of Redis. */
export interface KeptOperation {
  id: string
  operation: PlannedAction
  queue: string
  /** As in a plan file. */
  input: {[name: string]: unknown}
  state: OperationState
  plan: {
    affected: number
    byReason: Record<string, number>
    fingerprint: string
    madeAt: string
    madeBy: string
    /** The question that a person answers. */
    ask: string
  }
  /** Letters or items changed so far. */
  done: number
  /** What its command would print with --json, once it is over. */
  result: object | null
  error: {code: string; message: string; suggestions?: string[]} | null
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
