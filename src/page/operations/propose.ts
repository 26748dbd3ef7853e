import type {PlannedAction} from '../../operations/plans/shape.ts'
import {post} from '../api.ts'
import {openDialog} from '../dialog.ts'
import {h} from '../dom.ts'
import {complain} from '../notices.ts'
import {to} from '../router.ts'
import type {KeptOperation} from './shapes.ts'

/** What somebody wants to have done. */
export interface Proposal {
  operation: PlannedAction
  queue: string
  input: object
}

/** Has an operation planned, which changes nothing yet, and goes to its plan. */
export async function propose(proposal: Proposal): Promise<void> {
  const waiting = showWaiting()
  try {
    const {id} = await post<KeptOperation>('operations', proposal)
    if (waiting.isCancelled()) await post(`operations/${id}/cancel`)
    else location.hash = to.operation(id)
  } catch (error) {
    if (!waiting.isCancelled()) complain(error)
  } finally {
    waiting.close()
  }
}

/** A plan of a million letters takes some seconds. */
function showWaiting() {
  let isOver = false
  let isCancelled = false
  const cancel = h('button', {type: 'button', on: {click: () => dialog.close()}}, 'Cancel')
  const dialog = openDialog(
    'Planning',
    h('p', {role: 'status'}, 'Counting what would be changed. Nothing is changed yet.'),
    h('progress', {'aria-label': 'planning'}),
    h('div', {class: 'dialog-actions'}, cancel),
  )
  dialog.node.addEventListener('close', () => {
    isCancelled = !isOver
  })
  return {
    isCancelled: () => isCancelled,
    close() {
      isOver = true
      dialog.close()
    },
  }
}
