import type {JudgedRow} from '../monitor/judged-row.ts'
import {COLUMNS, type Column} from './columns.ts'
import {h, setAttribute, setText} from './dom.ts'
import {orNone} from './format.ts'
import type {ShownRow} from './keyed-rows.ts'
import {to} from './router.ts'
import {Sparkline} from './sparkline.ts'

/** One queue in the list of all. */
export function makeQueueLine({queue}: JudgedRow): ShownRow<JudgedRow> {
  const spark = new Sparkline()
  const state = makeState()
  const figures = COLUMNS.map((column) => makeFigure(queue, column))
  const node = h(
    'tr',
    {},
    h('th', {scope: 'row'}, h('a', {href: to.queue(queue), 'data-row': true}, queue)),
    state.node,
    ...figures.map((figure) => figure.node),
    h('td', {class: 'curve', title: 'backlog since this page is open, at most five minutes'}, spark.node),
  )
  return {
    node,
    show(row) {
      for (const shown of [state, ...figures]) shown.show(row)
      spark.add((row.ready ?? 0) + (row.leased ?? 0))
    },
  }
}

function makeFigure(queue: string, {id, title, figure, write}: Column): ShownRow<JudgedRow> {
  const node = h('td', {class: 'figure', 'data-column': id, 'data-title': title})
  const text = id === 'dead' ? node.appendChild(h('a')) : node
  return {
    node,
    show(row) {
      const value = figure(row)
      setText(text, orNone(value, write))
      node.classList.toggle('zero', !value)
      if (text !== node) setAttribute(text, 'href', value ? to.letters(queue) : null)
    },
  }
}

function makeState(): ShownRow<JudgedRow> {
  const text = h('span', {class: 'judged'})
  const reason = h('span', {class: 'muted'})
  const node = h('td', {class: 'state'}, text, ' ', reason)
  return {
    node,
    show({verdict}) {
      node.dataset.level = verdict.level
      setAttribute(node, 'title', verdict.reason)
      setText(text, verdict.text)
      setText(reason, verdict.reason)
    },
  }
}
