import {fill, h, setText} from '../dom.ts'
import {count} from '../format.ts'
import {bindKeys} from '../keys.ts'
import {propose} from '../operations/propose.ts'
import {openReplay} from './replay-dialog.ts'
import type {Scope} from './scope.ts'
import {openSet} from './set-dialog.ts'
import {openUndo} from './undo-dialog.ts'

const ASK = 'Would they pass now?'

export interface ActionsOptions {
  queue: string
  /** What the actions are about, at the moment they are used. */
  scope(): Scope
  onDiagnose(scope: Scope): void
  /** How they are edited; unless it is given, by values that are set in all of them. */
  onEdit?(): void
}

/** What can be done with dead letters: a button and a key for each. Nothing happens before its plan was agreed to. */
export class Actions {
  readonly node = h('div', {class: 'actions', role: 'toolbar', 'aria-label': 'Actions'})
  readonly #options: ActionsOptions
  readonly #about = h('strong', {class: 'about'})
  readonly #buttons: HTMLButtonElement[]
  readonly #acts: Array<{keys: string; says: string; text: string; run(): void}>

  constructor(options: ActionsOptions) {
    this.#options = options
    const {queue, scope, onDiagnose, onEdit = () => openSet(queue, scope())} = options
    const purge = () => void propose({operation: 'dlq purge', queue, input: scope().input})
    this.#acts = [
      {keys: 'd', says: 'would they pass now?', text: ASK, run: () => onDiagnose(scope())},
      {keys: 'R', says: 'replay', text: 'Replay …', run: () => openReplay(queue, scope())},
      {keys: 'e', says: 'edit', text: 'Edit …', run: onEdit},
      {keys: 'P', says: 'purge', text: 'Purge …', run: purge},
      {keys: 'u', says: 'undo a purge or an edit', text: 'Undo …', run: () => void openUndo(queue)},
    ]
    this.#buttons = this.#acts.map(({text, run}) => h('button', {type: 'button', on: {click: run}}, text))
    fill(this.node, this.#about, ...this.#buttons)
  }

  /** Binds the keys. @returns a function that ends it */
  bind(): () => void {
    const onlyIfAllowed = ({keys, run}: {keys: string; run(): void}) => {
      if (!this.#isIdle(keys)) run()
    }
    return bindKeys(...this.#acts.map((act) => ({...act, run: () => onlyIfAllowed(act)})))
  }

  /** Shows what the actions are about. The buttons stay, so that none loses the focus. */
  paint(): void {
    const {letters, words} = this.#options.scope()
    for (const [i, {keys, text: many}] of this.#acts.entries()) {
      const text = many === ASK && letters === 1 ? 'Would it pass now?' : many
      const button = this.#buttons[i]
      setText(button, text)
      button.title = `${text} (${keys})`
      button.disabled = this.#isIdle(keys)
    }
    this.#about.title = words
    const noun = letters === 1 ? 'letter' : 'letters'
    setText(this.#about, letters === undefined ? 'all that match' : `${count(letters)} ${noun}`)
  }

  /** Whether there is nothing that it could be done with. What was purged is not there any more. */
  #isIdle(keys: string): boolean {
    return keys !== 'u' && this.#options.scope().letters === 0
  }
}
