import {get} from '../api.ts'
import {fill, h, setText} from '../dom.ts'
import {count, moment} from '../format.ts'
import {KeyedRows, type ShownRow} from '../keyed-rows.ts'
import {complain} from '../notices.ts'
import {type Place, to} from '../router.ts'
import {bindRowKeys} from '../row-keys.ts'
import type {View} from '../view.ts'
import type {KeptOperation} from './shapes.ts'
import {makeState, showState} from './state-chip.ts'
import {filterWords, titleOf} from './words.ts'

/** Operations that are listed. */
const MOST = 200

/** How often the list is read again while somebody looks at it, ms. */
const AGAIN_MS = 3000

/** What was planned and done through qtool, the newest first. */
export function open(place: Place): View {
  const queue = place.query.get('queue') ?? ''
  const hint = h('p', {class: 'hint', role: 'status'}, 'reading …')
  const body = h('tbody')
  const rows = new KeyedRows<KeptOperation>(body, ({id}) => id, makeRow)
  const table = makeTable(body)
  const show = (operations: KeptOperation[]) => {
    rows.show(operations)
    table.hidden = operations.length === 0
    const none =
      'No operation yet. Replays, edits and purges of dead letters start at the dead letters of a queue.'
    setText(hint, operations.length === 0 ? none : '')
  }
  const end = readAgainAndAgain(queue, show, (error) => {
    fill(hint)
    complain(error)
  })
  const unbind = bindRowKeys(table)
  return {
    title: 'operations',
    node: h('section', {class: 'operations'}, makeTitle(queue), hint, table),
    close() {
      end()
      unbind()
    },
  }
}

/** Until the returned function is called. The first failure is told, and ends it. */
function readAgainAndAgain(
  queue: string,
  show: (operations: KeptOperation[]) => void,
  fail: (error: unknown) => void,
): () => void {
  const reading = new AbortController()
  const search = new URLSearchParams({limit: String(MOST), ...(queue && {queue})})
  let timer: ReturnType<typeof setTimeout> | undefined
  const read = async () => {
    try {
      const answer = await get<{operations: KeptOperation[]}>(`operations?${search}`, reading.signal)
      show(answer.operations)
      if (!reading.signal.aborted) timer = setTimeout(() => void read(), AGAIN_MS)
    } catch (error) {
      if (!reading.signal.aborted) fail(error)
    }
  }
  void read()
  return () => {
    reading.abort()
    clearTimeout(timer)
  }
}

function makeTitle(queue: string): HTMLElement {
  const of = queue && h('a', {href: to.letters(queue)}, queue)
  return h('div', {class: 'title'}, h('h1', {tabindex: -1}, 'Operations', of ? ' on ' : '', of))
}

function makeTable(body: HTMLElement): HTMLElement {
  const titles = ['planned at', 'operation', 'queue', 'state', 'filter', 'by'].map((title) =>
    h('th', {scope: 'col'}, title),
  )
  titles.splice(4, 0, h('th', {scope: 'col', class: 'figure'}, 'done'))
  const caption = h('caption', {class: 'unseen'}, 'Operations, newest first')
  return h(
    'div',
    {class: 'wide', hidden: true},
    h('table', {class: 'operations'}, caption, h('thead', {}, h('tr', {}, ...titles)), body),
  )
}

function makeRow(operation: KeptOperation): ShownRow<KeptOperation> {
  const {id, queue, createdAt} = operation
  const state = makeState()
  const done = h('td', {class: 'figure'})
  const by = h('td', {class: 'by text'})
  const link = h('a', {href: to.operation(id), 'data-row': true}, titleOf(operation))
  const node = h(
    'tr',
    {},
    h('td', {class: 'time'}, moment(createdAt)),
    h('th', {scope: 'row'}, link),
    h('td', {class: 'queue text'}, queue),
    h('td', {}, state),
    done,
    h('td', {class: 'which text'}, h('code', {}, filterWords(operation))),
    by,
  )
  return {
    node,
    show(now) {
      showState(state, now.state)
      setText(done, `${count(now.done)} of ${count(now.plan.affected)}`)
      setText(by, now.actor || now.plan.madeBy)
    },
  }
}
