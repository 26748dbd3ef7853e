import type {FlowOptions} from './flow/flow.ts'
import type {ApiOptions} from './scenarios/api/seen.ts'
import type {BombardOptions} from './scenarios/bombard.ts'
import type {CapacityOptions} from './scenarios/capacity/search.ts'
import type {ConnectionsOptions} from './scenarios/connections/connections.ts'
import type {ModesOptions} from './scenarios/modes/mode-step.ts'
import type {WorkersOptions} from './scenarios/workers.ts'

/** What each scenario does unless told otherwise. */
export interface Presets {
  connections: Pick<ConnectionsOptions, 'pools' | 'waitMs'> & {most: number}
  modes: Pick<
    ModesOptions,
    'modes' | 'batches' | 'seconds' | 'warmupSeconds' | 'most' | 'rttMs' | 'itemBytes'
  >
  bombard: BombardOptions
  sustained: FlowOptions
  workers: WorkersOptions
  recovery: FlowOptions
  capacity: CapacityOptions
  api: ApiOptions
}

const FLOW = {warmupSeconds: 1, arrivals: 'constant', seed: 1, workers: 10, batch: 2000} as const

const SLO = {
  slo: [{metric: 'p99', operator: '<', limit: 100, unit: {label: 'ms', size: 1}}],
  sloText: 'p99<100ms',
} as const

/** The scenarios as documented. */
const FULL: Presets = {
  connections: {pools: [20, 50], waitMs: 500, most: 12_000},
  modes: {
    modes: ['single', 'pipeline', 'batch', 'auto'],
    batches: [100, 345, 1000],
    seconds: 2,
    warmupSeconds: 0.5,
    most: 2_000_000,
    rttMs: 0,
    itemBytes: 200,
  },
  bombard: {count: 50_000, invalid: 0.02, workers: 10, batch: 2000},
  sustained: {...FLOW, rate: 1000, seconds: 60, warmupSeconds: 5},
  workers: {workers: [1, 2, 4, 8, 10, 16], batches: [200, 2000], count: 40_000},
  recovery: {...FLOW, rate: 500, seconds: 20},
  capacity: {
    ...FLOW,
    slo: [...SLO.slo],
    sloText: SLO.sloText,
    from: 500,
    most: 50_000,
    seconds: 5,
    precision: 0.1,
    repeats: 3,
  },
  api: {connections: [10, 50, 100, 200, 500], seconds: 2, warmupSeconds: 0.5, records: 10, pool: 20},
}

/** The same in under 10 s each, to see that everything works. */
const QUICK: Presets = {
  connections: {...FULL.connections, most: 500},
  modes: {...FULL.modes, batches: [345], seconds: 0.5, warmupSeconds: 0.2},
  bombard: {...FULL.bombard, count: 10_000},
  sustained: {...FULL.sustained, seconds: 5, warmupSeconds: 1},
  workers: {workers: [1, 2, 4, 10], batches: [1000], count: 8000},
  recovery: {...FULL.recovery, seconds: 6},
  capacity: {...FULL.capacity, most: 2000, seconds: 1, precision: 1, repeats: 1},
  api: {...FULL.api, connections: [10, 50], seconds: 0.5, warmupSeconds: 0.2},
}

export function presets(quick: boolean): Presets {
  return quick ? QUICK : FULL
}
