import {Counter, Gauge, Registry} from 'prom-client'
import type {Observation} from '../monitor/observation.ts'
import type {ScaleOptions} from '../monitor/scale.ts'
import {QUEUE_SERIES, type Series, wantedWorkers} from './queue-series.ts'
import {KEEPING_SERIES, type Keeping, SERVER_SERIES} from './server-series.ts'

/** What is told beside the queues. */
export interface Beside {
  /** How the servers keep their data. */
  keeping?: Keeping
  /** How soon a backlog is to be gone; if given, the number of workers for that is told. */
  scale?: ScaleOptions
  /** Metrics of the process that is asked. */
  process?: Registry
}

/** The metrics of queues, in the text format of Prometheus. It asks nobody: what was observed is all it needs. */
export async function metricsText(
  observations: readonly Observation[],
  beside: Beside = {},
): Promise<string> {
  const registry = new Registry()
  registerQueues(registry, observations, beside)
  const parts = beside.process ? [beside.process, registry] : [registry]
  return Registry.merge(parts).metrics()
}

/**
 * Adds the metrics of queues of one Redis. The registry is for one answer only: a value that is not known any more
 * must not stay.
 */
export function registerQueues(
  registry: Registry,
  observations: readonly Observation[],
  {keeping, scale}: Omit<Beside, 'process'> = {},
): void {
  for (const series of [...QUEUE_SERIES, ...(scale ? [wantedWorkers(scale)] : [])]) {
    const metric = make(registry, series, ['queue'])
    for (const observation of observations) {
      add(metric, series, observation, {queue: observation.inspection.queue})
    }
  }
  const server = observations.find(({inspection}) => inspection.server)?.inspection.server
  if (server) for (const series of SERVER_SERIES) add(make(registry, series), series, server)
  if (keeping) for (const series of KEEPING_SERIES) add(make(registry, series), series, keeping)
}

type Metric = Counter | Gauge

function make(registry: Registry, {name, help, type, labels}: Series<never>, also: string[] = []): Metric {
  const options = {name, help, labelNames: [...also, ...labels], registers: [registry]}
  return type === 'counter' ? new Counter(options) : new Gauge(options)
}

function add<From>(
  metric: Metric,
  {read}: Series<From>,
  from: From,
  also: Record<string, string> = {},
): void {
  for (const [labels, value] of read(from)) metric.inc({...also, ...labels}, value)
}
