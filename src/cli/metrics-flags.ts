import {Flags} from '@oclif/core'
import {isWorkerProcess} from '../worker/child.ts'
import type {ProcessWatch} from '../worker/processes.ts'
import type {ObserversFor} from '../worker/run-work.ts'

/** Flags for where the metrics of workers are served. */
export const metricsFlags = {
  'metrics-port': Flags.integer({
    min: 0,
    max: 65_535,
    summary: 'Serve /metrics, /healthz and /readyz on this port; 0 for any free one.',
    helpValue: 'PORT',
  }),
  'metrics-host': Flags.string({
    default: '127.0.0.1',
    summary: 'Address to serve them at; 0.0.0.0 for all.',
    helpValue: 'HOST',
  }),
}

interface MetricsFlags {
  'metrics-port'?: number
  'metrics-host': string
}

interface Exporter {
  signal: AbortSignal
  note(text: string): void
}

/** Runs a worker in this process, with metrics if a port was given. */
export async function withWorkerMetrics<R>(
  flags: MetricsFlags,
  exporter: Exporter,
  use: (observers?: ObserversFor) => Promise<R>,
): Promise<R> {
  const place = placeOf(flags)
  if (!place) return use()
  const {exportToParent, exportWorker} = await import('../metrics/export.ts')
  // One of several processes: the one that started them serves the sums
  return isWorkerProcess(process.env)
    ? exportToParent(exporter.signal, use)
    : exportWorker(place, exporter, use)
}

/** Runs worker processes, with metrics if a port was given. */
export async function withProcessMetrics<R>(
  flags: MetricsFlags & {processes: number},
  {note}: Exporter,
  use: (watch?: ProcessWatch) => Promise<R>,
): Promise<R> {
  const place = placeOf(flags)
  if (!place) return use()
  const {exportProcesses} = await import('../metrics/export.ts')
  return exportProcesses(place, {processes: flags.processes, note}, use)
}

function placeOf(flags: MetricsFlags) {
  const port = flags['metrics-port']
  return port === undefined ? undefined : {host: flags['metrics-host'], port}
}
