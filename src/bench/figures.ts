import type {ConnectionsOptions} from './scenarios/connections/connections.ts'
import type {ModesOptions} from './scenarios/modes/mode-step.ts'
import type {WorkersOptions} from './scenarios/workers.ts'
import type {Scenario} from './shape/run.ts'
import type {Usage} from './shape/step.ts'

const USAGE = ['cpu', 'cpuRedis', 'cpuPostgres', 'memory', 'memoryRedis', 'memoryPostgres']
const LEDGER = ['lost', 'duplicated']
const FLOW = [
  ...['rate', 'p50', 'p90', 'p99', 'p999', 'max', 'raw99', 'lag', 'loopLag', 'errors', 'backlog'],
  ...USAGE,
  ...LEDGER,
]

/** Names of the figures that a scenario gives, whatever its options; see BenchRun.metrics. */
export const FIGURES: Record<Scenario, readonly string[]> = {
  connections: ['connections', 'recovery', 'connectionsServer', 'recoveryServer', 'leaks'],
  modes: ['rateSingle', 'ratePipeline', 'rateBatch', 'rateAuto', 'speedup', 'lost'],
  bombard: ['rate', 'rateEnqueue', 'duration', ...USAGE, ...LEDGER],
  sustained: FLOW,
  workers: ['rate', ...LEDGER],
  recovery: ['recovery', 'recoveryRedis', 'recoveryPostgres', ...LEDGER],
  capacity: ['capacity', ...FLOW],
  api: [
    ...['rateHealth', 'rateAdmin', 'rateIngest', 'p99Health', 'p99Admin', 'p99Ingest'],
    ...['errors', 'recovery', 'lost', 'cpu', 'memory'],
  ],
}

/** Figures of a run that fills pools, and the server if `server` is set. */
export function connectionFigures({server}: Pick<ConnectionsOptions, 'server'>): string[] {
  return FIGURES.connections.filter((name) => server !== undefined || !name.endsWith('Server'))
}

/** Figures of a run over some modes: each mode with its usual batch, and with every batch, e.g. `rateBatch@100`. */
export function modeFigures({
  modes,
  batches,
  confirmedBy = [],
}: Pick<ModesOptions, 'modes' | 'batches' | 'confirmedBy'>): string[] {
  const rates = modes.flatMap((mode) => {
    const name = `rate${mode[0].toUpperCase()}${mode.slice(1)}`
    const sizes = mode === 'single' ? [1] : batches
    const confirmed = mode === 'auto' ? [] : confirmedBy
    const waited = sizes.flatMap((size) => confirmed.map((one) => `${name}@${size}:${one}`))
    if (mode === 'single') return [name, ...waited]
    return [name, ...batches.map((batch) => `${name}@${batch}`), ...waited]
  })
  return [...rates, ...(modes.includes('single') && modes.includes('pipeline') ? ['speedup'] : []), 'lost']
}

/** Figures of a sweep: the best rate, and that of every step, e.g. `rate@10x500`: workers x records of a lease. */
export function workerFigures({workers, batches}: Pick<WorkersOptions, 'workers' | 'batches'>): string[] {
  const steps = batches.flatMap((batch) => workers.map((count) => `rate@${count}x${batch}`))
  return [...FIGURES.workers, ...steps]
}

/** CPU and memory by name; what was not measured is left out. */
export function usageFigures({qtool, redis, postgres}: Usage): Record<string, number> {
  return named({
    cpu: qtool.cpu,
    cpuRedis: redis?.cpu,
    cpuPostgres: postgres?.cpu,
    memory: qtool.memory,
    memoryRedis: redis?.memory,
    memoryPostgres: postgres?.memory,
  })
}

/** Drops the figures that were not measured. */
export function named(figures: Record<string, number | null | undefined>): Record<string, number> {
  return Object.fromEntries(
    Object.entries(figures).flatMap(([name, value]) => (value == null ? [] : [[name, value]])),
  )
}
