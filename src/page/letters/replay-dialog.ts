import {openDialog} from '../dialog.ts'
import {h} from '../dom.ts'
import {propose} from '../operations/propose.ts'
import type {Scope} from './scope.ts'

/** Largest item of a replay, bytes: what workers take as well unless told otherwise. */
const MAX_BYTES = 1024 * 1024

/** Letters of a canary, unless the user wants more or fewer. */
const CANARY = 20

/** Asks how dead letters are to be replayed, and has it planned. */
export function openReplay(queue: string, {input, letters, words}: Scope, onlyPassing = false): void {
  const passing = h('input', {type: 'checkbox', id: 'replay-passing', checked: onlyPassing})
  const isMany = letters === undefined || letters > CANARY
  const canary = number('replay-canary', {max: 1000, value: isMany ? CANARY : ''})
  const rate = number('replay-rate', {max: 1_000_000, value: ''})
  const submit = (event: Event) => {
    event.preventDefault()
    dialog.close()
    const options = {
      ...(passing.checked && {'only-passing': true}),
      ...(canary.value !== '' && {canary: Number(canary.value)}),
      ...(rate.value !== '' && {rate: Number(rate.value)}),
    }
    void propose({
      operation: 'dlq replay',
      queue,
      input: {...input, ...options, 'max-bytes': MAX_BYTES},
    })
  }
  const dialog = openDialog(
    'Replay',
    h(
      'form',
      {on: {submit}},
      h(
        'p',
        {},
        `Puts ${words} back into ${queue}, with the priority that ${letters === 1 ? 'it' : 'each'} had.`,
      ),
      check(
        passing,
        `Only ${letters === 1 ? 'if it' : 'those that'} would be written now`,
        'Postgres is asked first.',
      ),
      field(canary, 'Canary', 'Replays this many first, and the rest only if they are written.'),
      field(rate, 'Items per second', 'Empty: as fast as it goes.'),
      buttons(() => dialog.close()),
    ),
  )
  passing.focus()
}

function number(id: string, {max, value}: {max: number; value: number | ''}): HTMLInputElement {
  return h('input', {type: 'number', inputmode: 'numeric', id, min: 1, max, step: 1, value})
}

function field(input: HTMLInputElement, label: string, hint: string): HTMLElement {
  input.setAttribute('aria-describedby', `${input.id}-hint`)
  return h(
    'div',
    {class: 'field'},
    h('label', {for: input.id}, label),
    input,
    h('p', {class: 'hint', id: `${input.id}-hint`}, hint),
  )
}

function check(input: HTMLInputElement, label: string, hint: string): HTMLElement {
  return h('div', {class: 'field check'}, h('label', {}, input, ` ${label}`), h('p', {class: 'hint'}, hint))
}

function buttons(cancel: () => void): HTMLElement {
  return h(
    'div',
    {class: 'dialog-actions'},
    h('button', {type: 'button', on: {click: cancel}}, 'Cancel'),
    h('button', {type: 'submit', class: 'primary'}, 'Plan the replay'),
  )
}
