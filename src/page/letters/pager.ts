import {h, setText} from '../dom.ts'
import {count, plural} from '../format.ts'
import type {LettersAnswer} from './shapes.ts'

/** Says how many letters are listed, and reads on. */
export class Pager {
  readonly node: HTMLElement
  readonly #words = h('span', {class: 'muted'})
  readonly #more = h('button', {type: 'button', hidden: true})
  #searched = 0

  constructor(onMore: () => void) {
    this.#more.addEventListener('click', () => {
      this.#more.disabled = true
      onMore()
    })
    this.node = h('p', {class: 'pager'}, this.#more, ' ', this.#words)
  }

  /** @param listed letters in the list, of all pages */
  show(listed: number, {letters, searched, next}: LettersAnswer): void {
    this.#searched = listed === letters.length ? searched : this.#searched + searched
    this.node.hidden = false
    this.#more.hidden = next === null
    this.#more.disabled = false
    setText(this.#more, letters.length > 0 ? 'Older letters' : 'Search further')
    setText(this.#words, words(listed, this.#searched, next === null))
  }

  hide(): void {
    this.node.hidden = true
  }
}

function words(listed: number, searched: number, isAll: boolean): string {
  if (!isAll) return `${plural(listed, 'letter')} listed of ${count(searched)} read`
  return listed === 0 ? 'no dead letter matches' : `${plural(listed, 'letter')}; there are no older ones`
}
