import {QtoolError} from '../errors.ts'
import type {BenchRun} from './run.ts'

/** What one round of a scenario found out; `runRounds` makes a run of them. */
export interface Findings
  extends Pick<
    BenchRun,
    | 'verdict'
    | 'checks'
    | 'parameters'
    | 'steps'
    | 'comparisons'
    | 'limit'
    | 'ledger'
    | 'fit'
    | 'notes'
    | 'metrics'
  > {
  /** Why the figures say nothing; undefined where they do. */
  invalid?: string
  /** Figures of `metrics` that may in truth be higher; see Latency. */
  atLeast?: string[]
}

/** What a scenario says that was stopped before it had a figure to show. */
export function interruptedEarly(): QtoolError {
  return new QtoolError('interrupted before the first step; nothing was measured', {
    code: 'INTERRUPTED',
    kind: 'interrupted',
  })
}
