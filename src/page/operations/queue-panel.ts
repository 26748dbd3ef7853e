import type {Observation} from '../../monitor/observation.ts'
import {h, setText} from '../dom.ts'
import {count, orNone, rate} from '../format.ts'
import {followLive} from '../live.ts'
import {complain} from '../notices.ts'
import {Painter} from '../paint.ts'
import {to} from '../router.ts'

/** The queue that an operation is about, as it is now: whether what was replayed is written. */
export class QueuePanel {
  readonly node: HTMLElement
  readonly #figures: Array<{node: HTMLElement; text(seen: Observation): string}>
  readonly #painter = new Painter<Observation>((seen) => this.#show(seen))
  readonly #verdict = h('dd')
  readonly #end: () => void

  constructor(queue: string) {
    const figures: Array<[string, (seen: Observation) => string]> = [
      ['ready', ({inspection}) => count(inspection.ready)],
      ['leased', ({inspection}) => count(inspection.leased)],
      ['dead letters', ({inspection}) => count(inspection.deadLetters)],
      ['written or set aside', ({rates}) => `${orNone(rates.out, rate)}/s`],
      ['new dead letters', ({rates}) => `${orNone(rates.deadLettered, rate)}/s`],
    ]
    this.#figures = figures.map(([, text]) => ({node: h('dd'), text}))
    const rows = figures.map(([name], i) => h('div', {}, h('dt', {}, name), this.#figures[i].node))
    this.node = h(
      'section',
      {class: 'queue-now live'},
      h('h2', {}, 'The queue now: ', h('a', {href: to.queue(queue)}, queue)),
      h('dl', {class: 'facts'}, ...rows, h('div', {}, h('dt', {}, 'verdict'), this.#verdict)),
    )
    const observation = (seen: Observation) => this.#painter.show(seen)
    this.#end = followLive(`queue/${encodeURIComponent(queue)}/events`, {observation}, complain)
  }

  close(): void {
    this.#end()
    this.#painter.close()
  }

  #show(seen: Observation): void {
    for (const {node, text} of this.#figures) setText(node, text(seen))
    const {text, reason} = seen.verdict
    setText(this.#verdict, reason === '' ? text : `${text}: ${reason}`)
  }
}
