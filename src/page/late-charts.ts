import type {Sample} from '../monitor/observation.ts'
import {h} from './dom.ts'
import {complain} from './notices.ts'
import type {ChartsOptions, QueueCharts} from './queue-charts.ts'

/**
 * The charts of a queue, whose code is loaded once the figures are there: it is larger than all the rest of the page.
 */
export class LateCharts {
  readonly node = h('div', {class: 'charts'})
  #charts: QueueCharts | undefined
  #samples: readonly Sample[] = []
  #isAsked = false
  #isClosed = false

  show(samples: readonly Sample[], options: ChartsOptions): void {
    this.#samples = samples
    if (this.#charts) this.#charts.show(samples)
    else if (!this.#isAsked) this.#load(options).catch(complain)
  }

  close(): void {
    this.#isClosed = true
    this.#charts?.close()
  }

  async #load(options: ChartsOptions): Promise<void> {
    this.#isAsked = true
    const {QueueCharts} = await import('./queue-charts.ts')
    if (this.#isClosed) return
    this.#charts = new QueueCharts(options)
    this.node.append(...this.#charts.nodes)
    this.#charts.show(this.#samples)
  }
}
