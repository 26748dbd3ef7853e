import type {JudgedRow} from '../monitor/judged-row.ts'
import type {JudgedList} from '../monitor/survey-monitor.ts'
import {chooseRows} from './columns.ts'
import {type Child, h, setText} from './dom.ts'
import {count, plural} from './format.ts'
import {learnQueues} from './jump.ts'
import {bindKeys} from './keys.ts'
import {followLive} from './live.ts'
import {Painter} from './paint.ts'
import {QueueTable} from './queue-table.ts'
import {ReadFromLine} from './read-from.ts'
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
  const others = h('p', {class: 'hint'})
  const missing = h('p', {class: 'complaint', role: 'status'})
  const source = new ReadFromLine()
  const filter = h('input', {
    ...{type: 'search', 'aria-label': 'Part of a queue name', placeholder: 'filter (/)'},
    ...{autocomplete: 'off', spellcheck: 'false', value: place.query.get('name')},
  })
  let sort = place.query.get('sort') ?? 'name'
  let list: JudgedList | undefined
  const table = new QueueTable((id) => {
    sort = id
    choose()
  })
  const paint = () => {
    if (!list) return
    const {queues, foreign, readFrom, unreachable} = list
    setText(missing, unreachableWords(unreachable))
    source.show(readFrom)
    showVerdict(verdict, queues)
    setText(sums, sumWords(queues))
    table.show(chooseRows(queues, {filter: filter.value, sort}), sort)
    setText(others, foreignWords(foreign))
  }
  const choose = () => {
    keepInAddress({name: filter.value, sort: sort === 'name' ? '' : sort})
    paint()
  }
  filter.addEventListener('input', choose)
  const painter = new Painter(paint)
  const end = followLive('events', {queues: show}, (error) => verdict.fail(error))
  function show(newest: JudgedList): void {
    list = newest
    learnQueues(newest.queues.map(({queue}) => queue))
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
    node: h(
      'section',
      {},
      title,
      h('div', {class: 'live'}, verdict.node, missing, source.node, table.node, others),
    ),
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

/** The nodes of a cluster that this list lacks. */
function unreachableWords(nodes: string[]): string {
  if (nodes.length === 0) return ''
  const [verb, whose] = nodes.length === 1 ? ['does', 'its'] : ['do', 'their']
  return `${plural(nodes.length, 'node')} (${nodes.join(', ')}) ${verb} not answer: ${whose} queues are missing here, or have no figures`
}

/** Keys that look like queues and are none. */
function foreignWords({keys, examples}: JudgedList['foreign']): string {
  if (keys === 0) return ''
  const names = examples.map((name) => JSON.stringify(name)).join(', ')
  return `${plural(keys, 'key')} under "queue:" ${keys === 1 ? 'has a name' : 'have names'} that no queue may have, such as ${names}`
}
