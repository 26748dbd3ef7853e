import type {Sample} from '../monitor/observation.ts'
import {toBuckets} from './buckets.ts'
import {Chart} from './chart.ts'
import type {Curve} from './curve.ts'
import {count, duration, rate, short} from './format.ts'

const COUNTED = {write: count, writeShort: short}
const RATED = {write: rate, writeShort: short}

export interface ChartsOptions {
  /** Whether items say when they came. */
  hasAges: boolean
}

const BACKLOG: Curve = {
  label: 'ready and leased',
  colour: '--accent',
  axis: 'left',
  isFilled: true,
  ...COUNTED,
}

/**
 * The last ten minutes. The age of the oldest item is drawn over the backlog: rates say nothing of items that nobody
 * takes, while their age grows.
 */
export class QueueCharts {
  readonly #backlog: Chart
  readonly #hasAges: boolean
  readonly #rates = new Chart('records per second', [
    {label: 'in/s', colour: '--muted', axis: 'left', ...RATED},
    {label: 'out/s', colour: '--accent', axis: 'left', ...RATED},
  ])
  readonly nodes: HTMLElement[]

  constructor({hasAges}: ChartsOptions) {
    this.#hasAges = hasAges
    this.#backlog = hasAges
      ? new Chart('backlog, and age of the oldest item', [
          BACKLOG,
          {label: 'oldest item', colour: '--oldest', axis: 'right', write: duration},
        ])
      : new Chart('backlog', [BACKLOG])
    this.nodes = [this.#backlog.node, this.#rates.node]
  }

  /** @param samples oldest first */
  show(samples: readonly Sample[]): void {
    const buckets = toBuckets(samples)
    const times = buckets.map(({at}) => at)
    this.#backlog.show(times, [
      buckets.map(({backlog}) => backlog),
      ...(this.#hasAges ? [buckets.map(({oldestMs}) => oldestMs)] : []),
    ])
    this.#rates.show(times, [buckets.map((one) => one.in), buckets.map(({out}) => out)])
  }

  close(): void {
    this.#backlog.close()
    this.#rates.close()
  }
}
