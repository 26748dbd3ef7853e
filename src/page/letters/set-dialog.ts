import {openDialog} from '../dialog.ts'
import {h} from '../dom.ts'
import {propose} from '../operations/propose.ts'
import {RuleRow, rulesIn} from './rule-row.ts'
import type {Scope} from './scope.ts'

/** Asks by which rules payloads are to be changed, and has it planned. */
export function openSet(queue: string, {input, words}: Scope): void {
  const rows: RuleRow[] = []
  const list = h('div', {class: 'assignments'})
  const more = h(
    'button',
    {type: 'button', class: 'quiet', on: {click: () => add().focus()}},
    'one more rule',
  )
  const complaint = h('p', {class: 'complaint', role: 'alert'})
  const add = () => {
    const row = new RuleRow()
    rows.push(row)
    list.append(row.node)
    return row
  }
  const submit = (event: Event) => {
    event.preventDefault()
    const {rules, fault} = rulesIn(rows.map((row) => row.typed))
    complaint.textContent = fault ?? ''
    if (fault !== undefined) return
    dialog.close()
    void propose({operation: 'dlq edit', queue, input: {...input, ...rules}})
  }
  const dialog = openDialog(
    'Edit',
    h(
      'form',
      {on: {submit}},
      h('p', {}, `Changes every record of ${words}. All other bytes stay as they are.`),
      list,
      more,
      complaint,
      h('p', {class: 'hint'}, 'A value to set is JSON; anything that is not JSON is taken as text.'),
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
