import {Registry} from 'prom-client'
import type {WorkerObserver} from '../worker/observer.ts'
import type {Drain} from '../worker/run-work.ts'
import {registerProcess} from './process-metrics.ts'
import {type NotReady, Readiness} from './readiness.ts'
import {countWork} from './worker-counts.ts'
import {watchServers} from './worker-servers.ts'
import {timeWork} from './worker-times.ts'

/** What is told of worker processes: their metrics, and what keeps them from working. */
export interface Told {
  /** In the text format of Prometheus. */
  text(): Promise<string>
  failed(): NotReady[]
}

/** The metrics of this worker process. */
export class WorkerMetrics implements Told {
  readonly registry = new Registry()
  readonly #readiness: Readiness

  constructor(stopping: AbortSignal) {
    this.#readiness = new Readiness(stopping)
    registerProcess(this.registry)
  }

  /** Observers for the drain that is about to begin; call once. */
  readonly observers = ({queue, pool}: Pick<Drain, 'queue' | 'pool'>): WorkerObserver[] => {
    this.#readiness.started()
    return [
      countWork(this.registry, queue.name),
      timeWork(this.registry, queue),
      watchServers(this.registry, pool),
      this.#readiness,
    ]
  }

  text(): Promise<string> {
    return this.registry.metrics()
  }

  failed(): NotReady[] {
    return this.#readiness.failed()
  }
}
