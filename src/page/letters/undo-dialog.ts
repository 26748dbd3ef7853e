import type {Undone} from '../../operations/undo.ts'
import type {Trash} from '../../queue/trash-list.ts'
import {ApiError, get, post} from '../api.ts'
import {openDialog} from '../dialog.ts'
import {fill, h} from '../dom.ts'
import {moment, plural} from '../format.ts'
import {complain, say} from '../notices.ts'
import {to} from '../router.ts'
import {ofQueue} from './places.ts'

/** What a purge or an edit is called. */
const KINDS: Record<Trash['kind'], {verb: string; noun: string}> = {
  ready: {verb: 'purged', noun: 'ready item'},
  dead: {verb: 'purged', noun: 'dead letter'},
  edit: {verb: 'edited', noun: 'dead letter'},
}

/** Lists what can be restored, newest first. Views hear of it by the event `letterschange`. */
export async function openUndo(queue: string): Promise<void> {
  const list = h('ul', {class: 'trash'}, h('li', {class: 'hint'}, 'reading …'))
  const dialog = openDialog(
    'Undo',
    list,
    h(
      'div',
      {class: 'dialog-actions'},
      h('button', {type: 'button', on: {click: () => dialog.close()}}, 'Close'),
    ),
  )
  try {
    const {trash} = await get<{trash: Trash[]}>(ofQueue(queue, 'trash'))
    const undo = (id: string) => {
      dialog.close()
      void bringBack(queue, id)
    }
    fill(list, ...trash.map((one) => line(queue, one, undo)))
    if (trash.length === 0) fill(list, h('li', {class: 'hint'}, 'Nothing was purged or edited in 24 hours.'))
    list.querySelector('button')?.focus()
  } catch (error) {
    dialog.close()
    complain(error)
  }
}

function line(queue: string, {id, kind, count, at, until}: Trash, undo: (id: string) => void): HTMLElement {
  const {verb, noun} = KINDS[kind]
  return h(
    'li',
    {},
    h('span', {}, `${plural(count, noun)} ${verb} at ${moment(at)}, kept until ${moment(until)}`),
    h('button', {type: 'button', on: {click: () => undo(id)}}, 'Restore'),
    h('p', {class: 'hint'}, 'or ', h('code', {}, `qtool undo -q ${queue} ${id}`)),
  )
}

/** What an operation changed is restored by that operation, which outlives this page; anything else at once. */
async function bringBack(queue: string, id: string): Promise<void> {
  try {
    await post(`operations/${encodeURIComponent(id)}/undo`)
    location.hash = to.operation(id)
  } catch (error) {
    if (error instanceof ApiError && error.status === 404) await restore(queue, id)
    else complain(error)
  }
}

async function restore(queue: string, id: string): Promise<void> {
  try {
    const {chosen, restored} = await post<Undone>(ofQueue(queue, 'undo'), {id})
    say(`${plural(restored, KINDS[chosen.kind].noun)} restored`)
    dispatchEvent(new Event('letterschange'))
  } catch (error) {
    complain(error)
  }
}
