import type {Verdict} from '../monitor/observation.ts'
import {ApiError} from './api.ts'
import {type Child, fill, h} from './dom.ts'
import {speak} from './notices.ts'

export interface Words {
  level: Verdict['level']
  text: string
  /** Why, with figures that may change all the time. */
  reason: Child[]
}

/** What somebody on call should know first. Screen readers hear it when it changes, but not each new figure in it. */
export class VerdictLine {
  readonly node = h('div', {class: 'verdict'})
  #spoken = ''

  show({level, text, reason}: Words): void {
    this.node.dataset.level = level
    fill(this.node, h('strong', {}, text), ...reason)
    if (text === this.#spoken) return
    this.#spoken = text
    speak([...this.node.children].map((child) => child.textContent).join(': '))
  }

  /** Takes the place of a verdict that there is none to have. */
  fail(error: Error): void {
    const suggestions = error instanceof ApiError ? error.suggestions : []
    this.show({
      level: 'critical',
      text: error.message,
      reason: suggestions.map((text) => h('span', {}, text)),
    })
  }
}
