import {openDialog} from './dialog.ts'
import {h} from './dom.ts'
import {boundKeys} from './keys.ts'

/** Lists what keys do in this view. */
export function showKeys(): void {
  const rows = boundKeys().map(({keys, says}) =>
    h('div', {}, h('dt', {}, ...keys.split(' ').map((key) => h('kbd', {}, key))), h('dd', {}, says)),
  )
  const enter = h('div', {}, h('dt', {}, h('kbd', {}, 'Enter')), h('dd', {}, 'open the row'))
  openDialog('Keys', h('dl', {class: 'keys'}, ...rows, enter), closeButton())
}

function closeButton(): HTMLElement {
  const click = (event: Event) => (event.currentTarget as HTMLElement).closest('dialog')?.close()
  return h('div', {class: 'dialog-actions'}, h('button', {type: 'button', on: {click}}, 'Close'))
}
