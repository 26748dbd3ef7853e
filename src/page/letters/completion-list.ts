import type {Candidate} from '../../filter/complete.ts'
import {fill, h, setAttribute} from '../dom.ts'
import {plural} from '../format.ts'
import {speak} from '../notices.ts'

const ID = 'filter-completions'

/** Candidates that are shown, of which the list shows some at a time; typing on narrows them. */
const MOST = 30

/** What may be typed next, below the filter; one of them may be marked. */
export class CompletionList {
  readonly node = h('ul', {class: 'completions', role: 'listbox', id: ID, 'aria-label': 'What may follow'})
  readonly #input: HTMLInputElement
  readonly #onTake: (candidate: Candidate) => void
  #candidates: Candidate[] = []
  #at = -1

  constructor(input: HTMLInputElement, onTake: (candidate: Candidate) => void) {
    this.#input = input
    this.#onTake = onTake
    // A press on the list must not take the focus from the field
    this.node.addEventListener('mousedown', (event) => event.preventDefault())
    this.hide()
  }

  get isOpen(): boolean {
    return !this.node.hidden
  }

  /** The marked one. */
  get marked(): Candidate | undefined {
    return this.#candidates[this.#at]
  }

  /** The marked one, or else the first. */
  get nearest(): Candidate | undefined {
    return this.marked ?? this.#candidates[0]
  }

  show(candidates: Candidate[]): void {
    this.#candidates = candidates.slice(0, MOST)
    this.#at = -1
    if (candidates.length === 0) {
      this.hide()
      return
    }
    fill(this.node, ...this.#candidates.map((one, i) => this.#option(one, i)))
    this.node.hidden = false
    setAttribute(this.#input, 'aria-expanded', 'true')
    setAttribute(this.#input, 'aria-activedescendant', null)
    speak(plural(candidates.length, 'suggestion'))
  }

  hide(): void {
    this.#candidates = []
    this.#at = -1
    this.node.hidden = true
    fill(this.node)
    setAttribute(this.#input, 'aria-expanded', 'false')
    setAttribute(this.#input, 'aria-activedescendant', null)
  }

  /** Marks the next or the previous one; from the ends back to the field. */
  move(by: 1 | -1): void {
    const places = this.#candidates.length + 1
    this.#at = ((this.#at + 1 + by + places) % places) - 1
    for (const [i, option] of [...this.node.children].entries()) {
      option.setAttribute('aria-selected', String(i === this.#at))
      if (i === this.#at) option.scrollIntoView({block: 'nearest'})
    }
    setAttribute(this.#input, 'aria-activedescendant', this.#at < 0 ? null : `${ID}-${this.#at}`)
  }

  #option(candidate: Candidate, i: number): HTMLElement {
    const click = () => this.#onTake(candidate)
    return h(
      'li',
      {role: 'option', id: `${ID}-${i}`, 'aria-selected': 'false', 'data-kind': candidate.kind, on: {click}},
      h('code', {}, candidate.text),
      candidate.summary && h('span', {class: 'muted'}, candidate.summary),
    )
  }
}

/** Attributes of the field that such a list belongs to. */
export const COMBOBOX = {
  role: 'combobox',
  'aria-autocomplete': 'list',
  'aria-controls': ID,
  'aria-expanded': 'false',
} as const
