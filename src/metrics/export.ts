import type {ObserversFor} from '../worker/run-work.ts'
import {Gathered} from './gathered.ts'
import {listen, type Place} from './listen.ts'
import {reporting} from './report.ts'
import {type Told, WorkerMetrics} from './worker-metrics.ts'

/** What metrics are told by whoever runs workers. */
interface Exporter {
  /** Aborted when the workers are to stop. */
  signal: AbortSignal
  note(text: string): void
}

/** Serves the metrics of the worker in this process while `use` runs. */
export async function exportWorker<R>(
  place: Place,
  {signal, note}: Exporter,
  use: (observers: ObserversFor) => Promise<R>,
): Promise<R> {
  const metrics = new WorkerMetrics(signal)
  return served(place, metrics, note, () => use(metrics.observers))
}

/** Serves the sums of several worker processes while `use` runs. */
export async function exportProcesses<R>(
  place: Place,
  {processes, note}: Omit<Exporter, 'signal'> & {processes: number},
  use: (watch: Gathered) => Promise<R>,
): Promise<R> {
  const gathered = new Gathered(processes)
  return served(place, gathered, note, () => use(gathered))
}

/** In one of those processes: reports to the one that serves. */
export async function exportToParent<R>(
  signal: AbortSignal,
  use: (observers: ObserversFor) => Promise<R>,
): Promise<R> {
  const metrics = new WorkerMetrics(signal)
  return reporting(metrics, () => use(metrics.observers))
}

async function served<R>(
  place: Place,
  told: Told,
  note: Exporter['note'],
  use: () => Promise<R>,
): Promise<R> {
  const server = await listen(place, told)
  note(`metrics are at ${server.url}/metrics`)
  return use().finally(server.close)
}
