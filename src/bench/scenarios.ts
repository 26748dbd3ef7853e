import type {BenchRun} from './shape/run.ts'

export type Scenario = BenchRun['scenario']

/** All scenarios, in the order in which `bench all` runs them. */
export const SCENARIOS = [
  'connections',
  'modes',
  'bombard',
  'sustained',
  'workers',
  'recovery',
  'capacity',
] as const satisfies readonly Scenario[]
