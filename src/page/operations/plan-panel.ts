import {h} from '../dom.ts'
import {count, moment} from '../format.ts'
import {to} from '../router.ts'
import type {KeptOperation} from './shapes.ts'
import {filterWords, optionWords} from './words.ts'

/** What was planned: how much, of what kind, which filter, and by whom. It does not change any more. */
export function planPanel(operation: KeptOperation): HTMLElement {
  const {queue, input, plan} = operation
  const where = typeof input.where === 'string' ? input.where : ''
  const options = optionWords(operation)
  const isOfLetters = operation.operation !== 'purge'
  const filter = h('code', {}, filterWords(operation))
  return h(
    'section',
    {class: 'plan'},
    h('h2', {}, 'Plan'),
    h(
      'dl',
      {class: 'facts'},
      fact('would change', h('strong', {}, count(plan.affected))),
      fact('filter', isOfLetters ? h('a', {href: to.letters(queue, where)}, filter) : filter),
      options.length > 0 && fact('how', options.join(', ')),
      fact('planned', `${moment(plan.madeAt)} by ${plan.madeBy}`),
    ),
    Object.keys(plan.byReason).length > 0 && reasonTable(plan),
  )
}

function fact(name: string, value: Node | string): HTMLElement {
  return h('div', {}, h('dt', {}, name), h('dd', {}, value))
}

function reasonTable({byReason, affected}: KeptOperation['plan']): HTMLElement {
  const rows = Object.entries(byReason)
    .sort(([, a], [, b]) => b - a)
    .map(([reason, letters]) =>
      h(
        'tr',
        {},
        h('th', {scope: 'row'}, reason),
        h('td', {class: 'figure'}, count(letters)),
        h(
          'td',
          {class: 'share'},
          h('meter', {max: affected, value: letters, 'aria-label': `share of ${reason}`}),
        ),
      ),
    )
  const caption = h('caption', {class: 'unseen'}, 'By reason')
  return h('table', {class: 'by-reason'}, caption, h('tbody', {}, ...rows))
}
