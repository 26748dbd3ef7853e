import {openDialog} from '../dialog.ts'
import {h} from '../dom.ts'
import {propose} from '../operations/propose.ts'
import type {Scope} from './scope.ts'

/** Asks which values are to be set in payloads, and has it planned. */
export function openSet(queue: string, {input, words}: Scope): void {
  const rows = h('div', {class: 'assignments'})
  const more = h(
    'button',
    {type: 'button', class: 'quiet', on: {click: () => add().focus()}},
    'one more value',
  )
  const complaint = h('p', {class: 'complaint', role: 'alert'})
  const add = () => {
    const {node, path} = assignment()
    rows.append(node)
    return path
  }
  const submit = (event: Event) => {
    event.preventDefault()
    const assignments = assignmentsIn(rows)
    const fault = faultIn(assignments)
    complaint.textContent = fault ?? ''
    if (fault !== undefined) return
    const set = assignments.map(({path, value}) => `${path}=${value}`)
    dialog.close()
    void propose({operation: 'dlq edit', queue, input: {...input, set}})
  }
  const dialog = openDialog(
    'Edit',
    h(
      'form',
      {on: {submit}},
      h('p', {}, `Sets values in the payload of ${words}. All other bytes stay as they are.`),
      rows,
      more,
      complaint,
      h('p', {class: 'hint'}, 'A value is JSON; anything that is not JSON is taken as text.'),
      h(
        'div',
        {class: 'dialog-actions'},
        h('button', {type: 'button', on: {click: () => dialog.close()}}, 'Cancel'),
        h('button', {type: 'submit', class: 'primary'}, 'Plan the edit'),
      ),
    ),
  )
  add().focus()
}

function assignment(): {node: HTMLElement; path: HTMLInputElement} {
  const usual = {type: 'text', autocomplete: 'off', autocapitalize: 'off', spellcheck: 'false'}
  const path = h('input', {
    ...usual,
    class: 'path',
    'aria-label': 'Path',
    placeholder: 'path, e.g. device.id',
  })
  const value = h('input', {...usual, class: 'value', 'aria-label': 'Value', placeholder: 'value, e.g. 7'})
  return {node: h('div', {class: 'assignment'}, path, h('span', {}, '='), value), path}
}

interface Assignment {
  path: string
  value: string
}

/** Rows that are not empty. */
function assignmentsIn(rows: HTMLElement): Assignment[] {
  return [...rows.children].flatMap((row) => {
    const [path, value] = [...row.querySelectorAll('input')].map((input) => input.value)
    return path.trim() === '' && value === '' ? [] : [{path: path.trim(), value}]
  })
}

/** What is wrong with them; an empty text must be meant, and not forgotten. */
function faultIn(assignments: Assignment[]): string | undefined {
  if (assignments.length === 0) return 'give the path of a value, e.g. device.id'
  for (const {path, value} of assignments) {
    if (path === '') return `give the path at which ${value} is to be set`
    if (path.includes('='))
      return `a path has no "=": write the value of ${path.split('=')[0]} into the other field`
    if (value === '') return `give a value for ${path}; "" is the empty text`
  }
  return undefined
}
