import type {ApiError} from '../api.ts'
import {fill, h, setText} from '../dom.ts'
import {bindKeys} from '../keys.ts'
import {to} from '../router.ts'
import {OutcomePanel} from './outcome-panel.ts'
import {planPanel} from './plan-panel.ts'
import {ProgressPanel} from './progress-panel.ts'
import {propose} from './propose.ts'
import {QueuePanel} from './queue-panel.ts'
import type {KeptOperation, OperationState} from './shapes.ts'
import {makeState, showState} from './state-chip.ts'
import {agree, type Step, steer} from './steer.ts'
import {askOf, isDestructive, titleOf, verbOf} from './words.ts'

/** What may be asked of an operation in each state, and whether it may be planned again. */
const STEPS: Record<OperationState, Array<Step | 'anew'>> = {
  planned: ['apply', 'cancel'],
  running: ['pause', 'cancel'],
  paused: ['resume', 'cancel'],
  done: ['undo'],
  failed: ['undo', 'anew'],
  cancelled: ['undo', 'anew'],
  undoing: [],
  undone: ['anew'],
}

/** The plan, the progress and the outcome of one operation, with what may be asked of it now. */
export class OperationBoard {
  readonly node: HTMLElement
  readonly #onChange: (operation: KeptOperation) => void
  readonly #state = makeState()
  readonly #ask = h('p', {class: 'ask'})
  readonly #steps = h('div', {class: 'steps'})
  readonly #drift = h('div', {class: 'drift', role: 'alert', hidden: true})
  readonly #progress = new ProgressPanel()
  readonly #outcome = new OutcomePanel()
  readonly #queue: QueuePanel
  #shown: KeptOperation

  /** @param onChange called with the operation once something was asked of it */
  constructor(operation: KeptOperation, onChange: (operation: KeptOperation) => void) {
    this.#shown = operation
    this.#onChange = onChange
    this.#queue = new QueuePanel(operation.queue)
    const {queue} = operation
    const heading = h(
      'p',
      {class: 'kind'},
      h('strong', {}, titleOf(operation)),
      ' of ',
      h('a', {href: to.letters(queue)}, queue),
      ' ',
      this.#state,
    )
    this.node = h(
      'div',
      {class: 'board'},
      ...[heading, this.#ask, this.#drift, this.#steps, this.#progress.node, this.#outcome.node],
      ...[planPanel(operation), this.#queue.node],
    )
  }

  /** @returns whether its state is another one than before */
  show(operation: KeptOperation): boolean {
    const before = this.node.dataset.state
    this.#shown = operation
    this.node.dataset.state = operation.state
    showState(this.#state, operation.state)
    const {state} = operation
    this.#ask.hidden = state !== 'planned'
    setText(this.#ask, askOf(operation))
    this.#progress.show(operation)
    this.#outcome.show(operation)
    const steps = this.#allowed().join(' ')
    if (this.#steps.dataset.steps !== steps) {
      this.#steps.dataset.steps = steps
      fill(this.#steps, ...this.#allowed().map((step) => this.#button(step)))
    }
    return before !== undefined && before !== state
  }

  bind(): () => void {
    const isAllowed = (step: Step | 'anew') => this.#allowed().includes(step)
    const run =
      (...steps: Array<Step | 'anew'>) =>
      () => {
        const step = steps.find(isAllowed)
        if (step) void this.#run(step)
      }
    return bindKeys(
      {keys: 'A', says: 'apply the plan', run: run('apply')},
      {keys: 'p', says: 'pause, or continue', run: run('pause', 'resume')},
      {keys: 'C', says: 'cancel', run: run('cancel')},
      {keys: 'u', says: 'undo', run: run('undo')},
      {keys: 'n', says: 'make a new plan', run: run('anew')},
    )
  }

  close(): void {
    this.#queue.close()
  }

  #allowed(): Array<Step | 'anew'> {
    const {state, canUndo, plan} = this.#shown
    return STEPS[state].filter(
      (step) => (step !== 'undo' || canUndo) && (step !== 'apply' || plan.affected > 0),
    )
  }

  #button(step: Step | 'anew'): HTMLElement {
    const isDanger = step === 'apply' && isDestructive(this.#shown)
    const kind = isDanger ? 'danger' : step === 'apply' || step === 'resume' ? 'primary' : undefined
    return h(
      'button',
      {type: 'button', class: kind, on: {click: () => void this.#run(step)}},
      this.#word(step),
    )
  }

  #word(step: Step | 'anew'): string {
    if (step === 'apply') return `${verbOf(this.#shown)} …`
    if (step === 'cancel') return this.#shown.state === 'planned' ? 'Discard the plan' : 'Cancel'
    return {pause: 'Pause', resume: 'Continue', undo: 'Undo', anew: 'Make a new plan'}[step]
  }

  async #run(step: Step | 'anew'): Promise<void> {
    const {operation, queue, input} = this.#shown
    if (step === 'anew') return propose({operation, queue, input})
    if (step === 'apply' && !(await agree(this.#shown))) return
    const now = await steer(this.#shown, step, (error) => this.#explainDrift(error))
    if (now) this.#onChange(now)
  }

  /** The dead letters have changed since they were counted, so the plan is worth nothing. */
  #explainDrift({message}: ApiError): void {
    const anew = h(
      'button',
      {type: 'button', class: 'primary', on: {click: () => void this.#planAnew()}},
      'Make a new plan',
    )
    this.#drift.hidden = false
    fill(
      this.#drift,
      h('p', {}, h('strong', {}, 'Nothing was changed: the letters are no longer those that were planned.')),
      h('p', {}, message),
      anew,
    )
    anew.focus()
  }

  async #planAnew(): Promise<void> {
    const {operation, queue, input} = this.#shown
    await steer(this.#shown, 'cancel', () => {})
    await propose({operation, queue, input})
  }
}
