import {h, setText} from '../dom.ts'
import type {OperationState} from './shapes.ts'

const WORDS: Record<OperationState, string> = {
  planned: 'planned',
  running: 'running',
  paused: 'paused',
  done: 'done',
  failed: 'failed',
  cancelled: 'cancelled',
  undoing: 'being undone',
  undone: 'undone',
}

/** Where an operation stands, in a word. */
export function makeState(): HTMLElement {
  return h('span', {class: 'state-chip'})
}

export function showState(node: HTMLElement, state: OperationState): void {
  node.dataset.state = state
  setText(node, WORDS[state])
}
