import {h} from '../dom.ts'
import {bindKeys} from '../keys.ts'
import {type Place, to} from '../router.ts'
import type {View} from '../view.ts'
import {LetterBoard} from './letter-board.ts'

/** One dead letter: why it failed, its exact payload, and what can be done with it. */
export function open(place: Place): View {
  const {queue, id} = place.names
  const board = new LetterBoard(queue, id)
  void board.read()
  const unbind = [board.bind(), bindBack(to.letters(queue, place.query.get('where') ?? ''))]
  return {
    title: `dead letter of ${queue}`,
    node: h('section', {class: 'dead-letter'}, makeTitle(place), board.node),
    close() {
      board.close()
      for (const end of unbind) end()
    },
  }
}

function makeTitle({names: {queue, id}, query}: Place): HTMLElement {
  const back = h('a', {href: to.letters(queue, query.get('where') ?? '')}, queue)
  const heading = h('h1', {tabindex: -1}, 'Dead letter of ', back)
  return h('div', {class: 'title'}, heading, h('code', {class: 'muted id'}, id))
}

function bindBack(href: string): () => void {
  const run = () => {
    location.hash = href
  }
  return bindKeys({keys: 'Escape', says: 'back to the list', run})
}
