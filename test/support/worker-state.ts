import type {WorkerState} from '../../src/queue/worker-state.ts'

/** A worker process that works well, as it reports itself. */
export function workerState(name: string, is: Partial<WorkerState> = {}): WorkerState {
  const place = {host: 'host', pid: 4711, version: '1.2.3'}
  const servers = {postgres: 'closed', redis: 'closed'}
  return {name, ...place, workers: 1, ...servers, recordsPerSecond: null, mapping: null, seenAt: 0, ...is}
}
