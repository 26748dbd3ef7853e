import type {JudgedRow} from '../monitor/judged-row.ts'
import {COLUMNS} from './columns.ts'
import {h, setAttribute, setText} from './dom.ts'
import {plural} from './format.ts'
import {KeyedRows} from './keyed-rows.ts'
import {makeQueueLine} from './queue-line.ts'

/** Queues that are shown: more would be slow to draw, and nobody reads them. */
const MOST = 300

/** The list of queues with its headings, by which it is sorted. */
export class QueueTable {
  readonly node: HTMLElement
  readonly #headings: Map<string, HTMLElement>
  readonly #rows: KeyedRows<JudgedRow>
  readonly #rest = h('p', {class: 'hint'})

  /** @param onSort called with the id of a column, or `name` */
  constructor(onSort: (id: string) => void) {
    const name = heading('name', 'queue', 'name of the queue', onSort)
    const state = h('th', {scope: 'col'}, 'state')
    const figures = COLUMNS.map(({id, title, hint}) => heading(id, title, hint, onSort))
    this.#headings = new Map([['name', name], ...COLUMNS.map(({id}, i) => [id, figures[i]] as const)])
    for (const cell of figures) cell.classList.add('figure')
    const head = h('thead', {}, h('tr', {}, name, state, ...figures, h('th', {scope: 'col'}, 'backlog')))
    const body = h('tbody')
    this.#rows = new KeyedRows(body, ({queue}) => queue, makeQueueLine)
    const table = h('table', {class: 'queues'}, h('caption', {class: 'unseen'}, 'Queues'), head, body)
    this.node = h('div', {class: 'wide'}, table, this.#rest)
  }

  show(rows: JudgedRow[], sort: string): void {
    for (const [id, cell] of this.#headings) {
      const order = id === 'name' ? 'ascending' : 'descending'
      setAttribute(cell, 'aria-sort', id === sort ? order : null)
    }
    this.#rows.show(rows.slice(0, MOST))
    const hidden = rows.length - MOST
    setText(this.#rest, hidden > 0 ? `and ${plural(hidden, 'more queue')}; the filter finds them` : '')
  }
}

function heading(id: string, title: string, hint: string, onSort: (id: string) => void): HTMLElement {
  return h(
    'th',
    {scope: 'col'},
    h('button', {type: 'button', title: `${hint}; click to sort`, on: {click: () => onSort(id)}}, title),
  )
}
