import {h, setText} from '../dom.ts'
import {bytes, moment, plural} from '../format.ts'
import {KeyedRows, type ShownRow} from '../keyed-rows.ts'
import {placeWords} from './place-words.ts'
import {toLetter} from './places.ts'
import type {Selection} from './selection.ts'
import type {LetterHead} from './shapes.ts'

export interface LetterTableOptions {
  queue: string
  where(): string
  selection: Selection
}

/** Letters one by one, the newest first, with a box to choose each. */
export class LetterTable {
  readonly node: HTMLElement
  readonly #selection: Selection
  readonly #rows: KeyedRows<LetterHead>
  readonly #all = h('input', {type: 'checkbox', 'aria-label': 'Select all that are listed'})
  #letters: LetterHead[] = []

  constructor(options: LetterTableOptions) {
    this.#selection = options.selection
    const body = h('tbody')
    this.#rows = new KeyedRows(
      body,
      ({id}) => id,
      (letter) => makeRow(letter, options),
    )
    this.#all.addEventListener('change', () => this.#selection.set(this.#ids, this.#all.checked))
    const titles = ['failed at', 'reason', 'code', 'column or constraint', 'message'].map((title) =>
      h('th', {scope: 'col'}, title),
    )
    const figures = ['size', 'failures'].map((title) => h('th', {scope: 'col', class: 'figure'}, title))
    const head = h('tr', {}, h('th', {scope: 'col', class: 'pick'}, this.#all), ...titles, ...figures)
    const caption = h('caption', {class: 'unseen'}, 'Dead letters, newest first')
    this.node = h('div', {class: 'wide'}, h('table', {class: 'letters'}, caption, h('thead', {}, head), body))
  }

  get #ids(): string[] {
    return this.#letters.map(({id}) => id)
  }

  show(letters: LetterHead[]): void {
    this.#letters = letters
    this.paint()
  }

  /** Shows what is selected. */
  paint(): void {
    this.#rows.show(this.#letters)
    const chosen = this.#ids.filter((id) => this.#selection.has(id)).length
    this.#all.checked = chosen > 0 && chosen === this.#letters.length
    this.#all.indeterminate = chosen > 0 && chosen < this.#letters.length
  }

  /** The letter whose row has the focus. */
  get focused(): string | undefined {
    const row = document.activeElement?.closest('tr')
    return row && this.node.contains(row) ? row.dataset.id : undefined
  }
}

function makeRow(letter: LetterHead, {queue, where, selection}: LetterTableOptions): ShownRow<LetterHead> {
  const {id, failedAt, reason, code, message, failures} = letter
  const box = h('input', {type: 'checkbox', 'aria-label': `Select dead letter ${id}`})
  box.addEventListener('change', () => selection.set([id], box.checked))
  const link = h('a', {'data-row': true}, moment(failedAt))
  const size = h('td', {class: 'figure size'})
  const node = h(
    'tr',
    {'data-id': id},
    h('td', {class: 'pick'}, box),
    h('th', {scope: 'row', class: 'time'}, link),
    h('td', {class: 'reason'}, clamp(reason)),
    h('td', {class: 'code'}, code),
    h('td', {class: 'place text'}, placeWords(letter)),
    h('td', {class: 'error text'}, message === null ? '' : clamp(message)),
    size,
    h('td', {class: 'figure failures', title: `failed ${plural(failures, 'time')}`}, failures),
  )
  return {
    node,
    show(now) {
      link.href = toLetter(queue, id, where())
      box.checked = selection.has(id)
      node.classList.toggle('chosen', box.checked)
      setText(size, bytes(now.bytes))
    },
  }
}

function clamp(text: string): HTMLElement {
  return h('div', {class: 'clamp', title: text}, text)
}
