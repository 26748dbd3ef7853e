import {fill, h, setText} from '../dom.ts'
import {count} from '../format.ts'
import {speak} from '../notices.ts'
import {ReadFromLine} from '../read-from.ts'
import {MOST_GROUPED} from './read-letters.ts'
import type {Window} from './shapes.ts'
import {windowWords} from './window-words.ts'

/** Says how much was searched, and offers to search the rest. */
export class WindowLine {
  readonly node: HTMLElement
  readonly #words = h('span')
  readonly #more = h('button', {type: 'button', class: 'quiet', hidden: true})
  readonly #notes = h('span', {class: 'notes'})
  readonly #source = new ReadFromLine()

  constructor(onMore: () => void) {
    this.#more.addEventListener('click', onMore)
    const line = h('p', {class: 'window'}, this.#words, ' ', this.#more, ' ', this.#notes)
    this.node = h('div', {}, line, this.#source.node)
  }

  show(window: Window, where: string): void {
    const words = windowWords(window, where)
    setText(this.#words, words)
    const rest = Math.min(window.deadLetters, MOST_GROUPED)
    this.#more.hidden = window.next === null || window.searched >= rest
    this.#more.disabled = false
    setText(this.#more, `read ${count(rest)}`)
    fill(this.#notes, window.notes.join('; '))
    this.#source.show(window.readFrom)
    speak(words)
  }

  showReading(): void {
    setText(this.#words, 'reading …')
    this.#more.disabled = true
    fill(this.#notes)
  }

  showNothing(): void {
    setText(this.#words, '')
    this.#more.hidden = true
  }
}
