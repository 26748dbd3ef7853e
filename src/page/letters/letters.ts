import {h} from '../dom.ts'
import {bindKeys} from '../keys.ts'
import {type Place, to} from '../router.ts'
import {bindRowKeys} from '../row-keys.ts'
import type {View} from '../view.ts'
import {LettersBoard} from './board.ts'
import {FilterBox} from './filter-box.ts'

/** The dead letters of a queue that a filter selects: their groups, themselves, and what can be done with them. */
export function open(place: Place): View {
  const {queue} = place.names
  const where = whereOf(place)
  const filter = new FilterBox({
    queue,
    where,
    onSubmit(wanted) {
      if (wanted === board.where) board.read()
      else location.hash = to.letters(queue, wanted)
    },
  })
  const board = new LettersBoard(queue, (error) => filter.complain(error))
  board.show(where)
  const unbind = [
    bindRowKeys(board.node),
    board.bind(),
    bindKeys({keys: '/', says: 'filter', run: () => filter.focus()}),
  ]
  return {
    title: `dead letters of ${queue}`,
    node: h('section', {class: 'dead-letters'}, makeTitle(queue), filter.node, board.node),
    moved(next) {
      filter.show(whereOf(next))
      board.show(whereOf(next))
    },
    close() {
      filter.close()
      board.close()
      for (const end of unbind) end()
    },
  }
}

function whereOf({query}: Place): string {
  return query.get('where')?.trim() ?? ''
}

function makeTitle(queue: string): HTMLElement {
  return h(
    'div',
    {class: 'title'},
    h('h1', {tabindex: -1}, 'Dead letters of ', h('a', {href: to.queue(queue)}, queue)),
  )
}
