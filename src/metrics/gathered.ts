import {AggregatorRegistry} from 'prom-client'
import type {ProcessWatch} from '../worker/processes.ts'
import type {NotReady} from './readiness.ts'
import {isReport, type Report} from './report.ts'
import type {Told} from './worker-metrics.ts'

/** The metrics of several worker processes, added up: counts never fall, also where a process has ended. */
export class Gathered implements Told, ProcessWatch {
  readonly #processes: number
  readonly #reports = new Map<number, Report>()
  readonly #ended: object[][] = []

  /** @param processes how many there will be */
  constructor(processes: number) {
    this.#processes = processes
  }

  reported(process: number, message: unknown): void {
    if (isReport(message)) this.#reports.set(process, message)
  }

  ended(process: number): void {
    const report = this.#reports.get(process)
    if (!report) return
    this.#reports.delete(process)
    // Its connections and its memory are gone, and what it has counted stays
    this.#ended.push(report.metrics.filter((metric) => !('type' in metric) || metric.type !== 'gauge'))
  }

  text(): Promise<string> {
    const living = [...this.#reports.values()].map(({metrics}) => metrics)
    return AggregatorRegistry.aggregate([...living, ...this.#ended]).metrics()
  }

  failed(): NotReady[] {
    const isMissing = this.#reports.size + this.#ended.length < this.#processes
    const all = [...this.#reports.values()].flatMap(({failed}) => failed)
    if (isMissing) all.push({check: 'worker', reason: 'is starting'})
    return [...new Map(all.map((one) => [`${one.check} ${one.reason}`, one])).values()]
  }
}
