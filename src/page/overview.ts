import type {JudgedRow} from '../monitor/judged-row.ts'
import type {JudgedList} from '../monitor/survey-monitor.ts'
import {chooseRows} from './columns.ts'
import {type Child, h, setText} from './dom.ts'
import {count, plural} from './format.ts'
import {learnQueues} from './jump.ts'
import {bindKeys} from './keys.ts'
import {followLive} from './live.ts'
import {complain} from './notices.ts'
import {Painter} from './paint.ts'
import {QueueTable} from './queue-table.ts'
import {type Place, to} from './router.ts'
import {bindRowKeys} from './row-keys.ts'
import {summarise} from './summary.ts'
import {VerdictLine} from './verdict.ts'
import type {View} from './view.ts'

/** Queues whose names the verdict gives. */
const MOST_NAMED = 3

/** All queues of this Redis. */
export function open(place: Place): View {
  const verdict = new VerdictLine()
  const sums = h('p', {class: 'muted sums'})
  const filter = h('input', {
    ...{type: 'search', 'aria-label': 'Part of a queue name', placeholder: 'filter (/)'},
    ...{autocomplete: 'off', spellcheck: 'false', value: place.query.get('name')},
  })
  let sort = place.query.get('sort') ?? 'name'
  let rows: JudgedRow[] | undefined
  const table = new QueueTable((id) => {
    sort = id
    choose()
  })
  const paint = () => {
    if (!rows) return
    showVerdict(verdict, rows)
    setText(sums, sumWords(rows))
    table.show(chooseRows(rows, {filter: filter.value, sort}), sort)
  }
  const choose = () => {
    keepInAddress({name: filter.value, sort: sort === 'name' ? '' : sort})
    paint()
  }
  filter.addEventListener('input', choose)
  const painter = new Painter(paint)
  const end = followLive('events', {queues: show}, complain)
  function show({queues}: JudgedList): void {
    rows = queues
    learnQueues(queues.map(({queue}) => queue))
    painter.show(undefined)
  }
  const unbind = [bindRowKeys(table.node), bindFilter(filter)]
  const title = h(
    'div',
    {class: 'title'},
    h('h1', {tabindex: -1}, 'Queues'),
    sums,
    h('span', {class: 'spring'}),
    filter,
  )
  return {
    title: 'queues',
    node: h('section', {}, title, h('div', {class: 'live'}, verdict.node, table.node)),
    close() {
      end()
      painter.close()
      for (const act of unbind) act()
    },
  }
}

function bindFilter(filter: HTMLInputElement): () => void {
  filter.addEventListener('keydown', ({key}) => {
    if (key === 'Escape' || key === 'Enter') filter.blur()
  })
  return bindKeys({keys: '/', says: 'filter by name', run: () => filter.focus()})
}

/** So that a reload, or whoever is sent the address, sees the same. */
function keepInAddress(query: Record<string, string>): void {
  const given = Object.entries(query).filter(([, value]) => value !== '')
  const search = new URLSearchParams(given).toString()
  history.replaceState(null, '', `${to.overview}${search && `?${search}`}`)
}

function showVerdict(line: VerdictLine, rows: JudgedRow[]): void {
  const {level, text, worrying} = summarise(rows)
  const named: Child[] = worrying
    .slice(0, MOST_NAMED)
    .map(({queue, verdict}) =>
      h('span', {title: verdict.reason}, h('a', {href: to.queue(queue)}, queue), ` ${verdict.text}`),
    )
  const more = worrying.length - named.length
  if (more > 0) named.push(h('span', {}, `and ${plural(more, 'more queue')}`))
  if (rows.length === 0) named.push(h('span', {}, h('code', {}, 'qtool enqueue -q NAME FILE'), ' makes one'))
  line.show({level, text, reason: named})
}

function sumWords(rows: JudgedRow[]): string {
  const sum = (figure: (row: JudgedRow) => number | null) =>
    count(rows.reduce((all, row) => all + (figure(row) ?? 0), 0))
  const letters = sum((row) => row.deadLetters)
  return `${sum((row) => row.ready)} ready, ${sum((row) => row.leased)} leased, ${letters} dead ${letters === '1' ? 'letter' : 'letters'}`
}
