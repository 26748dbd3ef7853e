import type {EditResult} from '../../operations/edit-letters.ts'
import {post} from '../api.ts'
import {openDialog} from '../dialog.ts'
import {h, setText} from '../dom.ts'
import {say} from '../notices.ts'
import {ofQueue} from './places.ts'
import {jsonFault, prettyJson} from './pretty.ts'
import type {LetterAnswer} from './shapes.ts'

/** Lets the user correct the payload of one letter. Every character stays as it is typed. */
export function openEditor({queue, id, payload}: LetterAnswer, onSaved: () => void): void {
  const text = h('textarea', {
    ...{class: 'payload-editor', rows: 16, 'aria-label': 'Payload', 'aria-describedby': 'payload-check'},
    ...{autocomplete: 'off', autocapitalize: 'off', spellcheck: 'false'},
  })
  text.value = payload
  const check = h('p', {id: 'payload-check', 'aria-live': 'polite'})
  const complaint = h('p', {class: 'complaint', role: 'alert'})
  const save = h('button', {type: 'submit', class: 'primary'}, 'Save')
  const pretty = h('button', {type: 'button', on: {click: prettify}}, 'Pretty')
  const cancel = h('button', {type: 'button', on: {click: () => dialog.close()}}, 'Cancel')
  const buttons = h('div', {class: 'dialog-actions'}, pretty, h('span', {class: 'spring'}), cancel, save)
  const hint = h('p', {class: 'hint'}, 'Saved at once; the old payload can be restored for 24 hours.')
  const form = h('form', {on: {submit}}, text, check, complaint, hint, buttons)
  const dialog = openDialog('Edit the payload', form)
  dialog.node.classList.add('large')
  text.addEventListener('input', paint)
  paint()
  text.focus()
  text.setSelectionRange(0, 0)

  function paint(): void {
    const fault = jsonFault(text.value)
    check.dataset.level = fault === undefined ? 'ok' : 'critical'
    setText(check, fault === undefined ? 'valid JSON' : `not JSON: ${fault}`)
    setText(complaint, '')
    pretty.disabled = fault !== undefined
    save.disabled = text.value === payload
  }

  function prettify(): void {
    text.value = prettyJson(text.value) ?? text.value
    paint()
  }

  async function submit(event: Event): Promise<void> {
    event.preventDefault()
    setText(complaint, '')
    try {
      const path = ofQueue(queue, `dead-letters/${encodeURIComponent(id)}/payload`)
      const {edited} = await post<EditResult>(path, {payload: text.value, was: payload})
      dialog.close()
      say(edited === 1 ? 'saved; u brings the old payload back' : 'it was like that already')
      onSaved()
    } catch (error) {
      setText(complaint, error instanceof Error ? error.message : String(error))
    }
  }
}
