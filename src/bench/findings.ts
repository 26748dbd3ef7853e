import type {BenchRun} from './run.ts'

/** What a scenario found out; `finishRun` makes a run of it. */
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
}
