import type {PastFailure} from '../../queue/letters/dead-letter.ts'
import {h} from '../dom.ts'
import {moment} from '../format.ts'

/** Every failure of an item, the newest first: it was replayed after each but the last. */
export function failureTable(failures: PastFailure[]): HTMLElement {
  const titles = ['failed at', 'reason', 'code', 'message'].map((title) => h('th', {scope: 'col'}, title))
  const rows = failures.map(({failedAt, reason, code, message}) =>
    h(
      'tr',
      {},
      h('td', {class: 'time'}, moment(failedAt)),
      h('td', {class: 'reason'}, reason),
      h('td', {class: 'code'}, code),
      h('td', {class: 'error text'}, message),
    ),
  )
  const caption = h('caption', {class: 'unseen'}, 'Failures of this item, newest first')
  return h(
    'div',
    {class: 'wide'},
    h('table', {class: 'failures'}, caption, h('thead', {}, h('tr', {}, ...titles)), h('tbody', {}, ...rows)),
  )
}
