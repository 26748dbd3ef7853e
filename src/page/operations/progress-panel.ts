import {h, setText} from '../dom.ts'
import {count, duration, rate} from '../format.ts'
import {Growth} from './rate.ts'
import type {KeptOperation} from './shapes.ts'
import {doneWords} from './words.ts'

/** How far an operation is, how fast it goes, and how long it will take. */
export class ProgressPanel {
  readonly node: HTMLElement
  readonly #bar = h('progress', {'aria-label': 'done'})
  readonly #words = h('p', {class: 'done'})
  readonly #pace = h('p', {class: 'muted'})
  readonly #growth = new Growth()

  constructor() {
    this.node = h('section', {class: 'progress', hidden: true}, this.#bar, this.#words, this.#pace)
  }

  show(operation: KeptOperation): void {
    const {state, plan, done, startedAt} = operation
    this.node.hidden = startedAt === null
    this.#bar.max = Math.max(plan.affected, 1)
    // One that found less to do than was planned is over all the same
    this.#bar.value = state === 'done' ? this.#bar.max : done
    setText(this.#words, doneWords(operation))
    this.#growth.add(done, performance.now())
    setText(this.#pace, this.#paceWords(operation))
  }

  #paceWords({state, plan, done, runner, startedAt, endedAt}: KeptOperation): string {
    if (state === 'undoing') return 'restoring what it changed'
    if (endedAt !== null && startedAt !== null) {
      return `in ${duration(Date.parse(endedAt) - Date.parse(startedAt))}`
    }
    if (state === 'paused') return `paused; ${count(plan.affected - done)} are left`
    if (runner === null) return 'waits for a process that carries it on: "qtool serve" or "qtool work"'
    const perSecond = this.#growth.perSecond
    if (!perSecond) return 'running'
    const left = duration(((plan.affected - done) * 1000) / perSecond)
    return `${rate(perSecond)}/s, about ${left} left`
  }
}
