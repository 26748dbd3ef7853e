import {fill, h} from '../dom.ts'
import {speak} from '../notices.ts'
import {type Place, to} from '../router.ts'
import {follow} from '../stream.ts'
import type {View} from '../view.ts'
import {OperationBoard} from './operation-board.ts'
import {type KeptOperation, OVER} from './shapes.ts'

/** One operation: its plan, whether it is to be applied, how far it is, and what came of it. */
export function open(place: Place): View {
  const {id} = place.names
  const outlet = h('div', {}, h('p', {class: 'hint', role: 'status'}, 'reading …'))
  let board: OperationBoard | undefined
  let unbind = () => {}
  let end = () => {}
  const watch = () => {
    end()
    end = follow(`operations/${encodeURIComponent(id)}/events`, {
      on: {operation: show},
      onState(state) {
        if (state.state === 'ended')
          fill(outlet, h('p', {class: 'complaint', role: 'alert'}, state.error.message))
      },
    })
  }
  function show(operation: KeptOperation): void {
    if (!board) {
      board = new OperationBoard(operation, again)
      unbind = board.bind()
      fill(outlet, board.node)
    }
    if (board.show(operation)) speak(`operation ${operation.state}`)
    // The server ends the stream then, and there is nothing to wait for
    if (OVER.includes(operation.state)) end()
  }
  /** Something was asked of it, so there is something to watch again. */
  function again(operation: KeptOperation): void {
    show(operation)
    if (!OVER.includes(operation.state)) watch()
  }
  watch()
  return {
    title: 'operation',
    node: h('section', {class: 'operation'}, makeTitle(), outlet),
    close() {
      end()
      unbind()
      board?.close()
    },
  }
}

function makeTitle(): HTMLElement {
  const list = h('a', {href: to.operations}, 'operations')
  return h(
    'div',
    {class: 'title'},
    h('h1', {tabindex: -1}, 'Operation'),
    h('p', {class: 'muted'}, 'all ', list),
  )
}
