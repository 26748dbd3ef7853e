import {fill, h} from '../dom.ts'
import {count} from '../format.ts'
import type {Selection} from './selection.ts'

/** Says what is selected, and offers all that match instead of those that are listed. */
export class SelectionBar {
  readonly node = h('p', {class: 'selection'})
  readonly #selection: Selection

  constructor(selection: Selection) {
    this.#selection = selection
  }

  /** @param matched all that the filter selects; undefined if nobody has counted them */
  show(listed: number, matched: number | undefined): void {
    const {ids, isAll} = this.#selection
    const all = matched === undefined ? 'all that match' : `all ${count(matched)} that match`
    const chosen = isAll ? `${all} are selected` : ids.length > 0 ? `${count(ids.length)} selected` : ''
    const isMore = matched === undefined || matched > listed
    fill(
      this.node,
      chosen && h('span', {}, chosen),
      !isAll && ids.length > 0 && isMore && this.#button(`select ${all}`, () => this.#selection.chooseAll()),
      chosen && this.#button('select none', () => this.#selection.clear()),
    )
  }

  #button(text: string, click: () => void): HTMLElement {
    return h('button', {type: 'button', class: 'quiet', on: {click}}, text)
  }
}
