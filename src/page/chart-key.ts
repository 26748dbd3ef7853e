import type {Curve} from './curve.ts'
import {h, setText} from './dom.ts'
import {moment, NONE, orNone} from './format.ts'

/** What the curves of a chart are, and their figures at one moment. */
export class ChartKey {
  readonly node: HTMLElement
  readonly #time = h('span', {class: 'muted'})
  readonly #values: HTMLElement[]
  readonly #curves: Curve[]

  constructor(curves: Curve[]) {
    this.#curves = curves
    this.#values = curves.map(() => h('span', {class: 'value'}))
    const names = curves.map(({label, colour}, i) => {
      const sign = h('i')
      sign.style.background = `var(${colour})`
      return h('span', {}, sign, label, ' ', this.#values[i])
    })
    // The picture beside it has the same in words
    this.node = h('div', {class: 'key', 'aria-hidden': 'true'}, ...names, this.#time)
  }

  /** @param at seconds since 1970 */
  show(at: number | undefined, values: Array<number | null>): void {
    setText(this.#time, at === undefined ? NONE : moment(new Date(at * 1000).toISOString()).slice(11))
    for (const [i, {write}] of this.#curves.entries()) setText(this.#values[i], orNone(values[i], write))
  }
}
