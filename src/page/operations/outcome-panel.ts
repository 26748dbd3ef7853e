import {fill, h} from '../dom.ts'
import {facts} from '../letters/facts.ts'
import {resultLines} from './result-words.ts'
import type {KeptOperation} from './shapes.ts'

/** What came of an operation, and what went wrong. */
export class OutcomePanel {
  readonly node = h('section', {class: 'outcome', hidden: true})
  #shown = ''

  show({result, error, actor}: KeptOperation): void {
    const text = JSON.stringify([result, error, actor])
    if (text === this.#shown) return
    this.#shown = text
    this.node.hidden = result === null && error === null
    fill(
      this.node,
      h('h2', {}, 'Result'),
      error && h('p', {class: 'complaint', role: 'alert'}, error.message),
      ...(error?.suggestions ?? []).map((suggestion) => h('p', {class: 'suggestion'}, suggestion)),
      result && facts([...resultLines(result), ['applied by', actor]]),
    )
  }
}
