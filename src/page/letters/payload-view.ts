import {fill, h, setText} from '../dom.ts'
import {bytes, count} from '../format.ts'
import {copyText} from './copy.ts'
import {jsonFault, prettyJson} from './pretty.ts'
import type {LetterAnswer} from './shapes.ts'

/** Characters that are shown at first: a MiB in one piece takes the browser seconds. */
const FIRST = 20_000

/** The payload of a letter: its exact text, or with a line for each value; copied exactly either way. */
export class PayloadView {
  readonly node: HTMLElement
  readonly #payload: string
  readonly #pretty: string | undefined
  readonly #text = h('pre', {class: 'payload', tabindex: 0, 'aria-label': 'Payload'})
  readonly #more = h('button', {type: 'button', hidden: true})
  readonly #toggle = h('button', {type: 'button', 'aria-pressed': 'false'}, 'Pretty')
  #isPretty = false
  #isWhole = false

  constructor({payload, payloadEncoding}: Pick<LetterAnswer, 'payload' | 'payloadEncoding'>) {
    this.#payload = payload
    const isText = payloadEncoding === 'utf8'
    this.#pretty = isText ? prettyJson(payload) : undefined
    this.#toggle.hidden = this.#pretty === undefined
    this.#toggle.addEventListener('click', () => this.togglePretty())
    this.#more.addEventListener('click', () => {
      this.#isWhole = true
      this.#paint()
    })
    const copy = h(
      'button',
      {type: 'button', on: {click: () => this.copy()}},
      isText ? 'Copy' : 'Copy base64',
    )
    this.node = h(
      'section',
      {class: 'payload-view'},
      h(
        'div',
        {class: 'heading'},
        h('h2', {}, 'Payload'),
        h('p', {class: 'muted'}, kindWords(payload, isText)),
        this.#toggle,
        copy,
      ),
      this.#text,
      this.#more,
    )
    this.#paint()
  }

  copy(): void {
    void copyText(this.#payload)
  }

  togglePretty(): void {
    if (this.#pretty === undefined) return
    this.#isPretty = !this.#isPretty
    this.#toggle.setAttribute('aria-pressed', String(this.#isPretty))
    this.#paint()
  }

  #paint(): void {
    const text = (this.#isPretty && this.#pretty) || this.#payload
    const isCut = !this.#isWhole && text.length > FIRST
    fill(this.#text, isCut ? text.slice(0, FIRST) : text)
    this.#more.hidden = !isCut
    setText(this.#more, `Show all ${count(text.length)} characters; these are the first ${count(FIRST)}`)
  }
}

function kindWords(payload: string, isText: boolean): string {
  if (!isText) return `${bytes(sizeOfBase64(payload))}, not UTF-8: shown in base64`
  const size = bytes(new TextEncoder().encode(payload).length)
  const fault = jsonFault(payload)
  return fault === undefined ? `${size}, JSON` : `${size}, not JSON: ${fault}`
}

function sizeOfBase64(text: string): number {
  return Math.floor((text.replace(/=+$/, '').length * 3) / 4)
}
