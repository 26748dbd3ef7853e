import {QtoolError} from '../errors.ts'
import type {BenchRun} from './shape/run.ts'

/** Results of one round of a scenario; `runRounds` makes a run of them. */
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
    | 'agents'
    | 'fit'
    | 'notes'
    | 'metrics'
  > {
  /** Why the figures are invalid; undefined if they are valid. */
  invalid?: string
  /** Names of the `metrics` that are lower bounds; see Latency. */
  atLeast?: string[]
}

/** The error of a scenario that was stopped before it had a figure to show. */
export function interruptedEarly(): QtoolError {
  return new QtoolError('interrupted before the first step; nothing was measured', {
    code: 'INTERRUPTED',
    kind: 'interrupted',
  })
}
