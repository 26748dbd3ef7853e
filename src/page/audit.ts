import type {AuditLine} from '../queue/audit.ts'
import {get} from './api.ts'
import {fill, h, setText} from './dom.ts'
import {count, moment, NONE, orNone} from './format.ts'
import {complain} from './notices.ts'
import {makeTable} from './panel.ts'
import {type Place, to} from './router.ts'
import {bindRowKeys} from './row-keys.ts'
import type {View} from './view.ts'

/** Operations that are shown. */
const MOST = 200

/** Who changed what by hand. `?queue=` in the address shows those of one queue. */
export function open(place: Place): View {
  const {node: table, body} = makeTable(['at', 'who', 'did', 'queue', 'which', {figure: 'changed'}, 'state'])
  const hint = h('p', {class: 'hint'})
  const queue = place.query.get('queue')
  const stopped = new AbortController()
  const read = async () => {
    const query = new URLSearchParams({limit: String(MOST), ...(queue !== null && {queue})})
    const {lines} = await get<{lines: AuditLine[]}>(`audit?${query}`, stopped.signal)
    fill(body, ...lines.map(row))
    setText(hint, hintOf(lines.length, queue))
  }
  const unless = (error: unknown) => stopped.signal.aborted || complain(error)
  read().catch(unless)
  const again = h('button', {type: 'button', on: {click: () => void read().catch(unless)}}, 'Read again')
  const all = queue !== null && h('a', {href: to.audit}, 'all queues')
  const heading = h('h1', {tabindex: -1}, queue === null ? 'Audit' : `Audit of ${queue}`)
  const unbind = bindRowKeys(table)
  return {
    title: 'audit',
    node: h(
      'section',
      {},
      h('div', {class: 'title'}, heading, all, h('span', {class: 'spring'}), again),
      table,
      hint,
    ),
    close() {
      stopped.abort()
      unbind()
    },
  }
}

function hintOf(shown: number, queue: string | null): string {
  if (shown === 0) return `nobody has changed ${queue === null ? 'a queue' : 'this queue'} by hand`
  return shown === MOST ? `the newest ${MOST}; "qtool audit" shows more` : ''
}

function row({
  at,
  endedAt,
  state,
  who,
  action,
  queue,
  profile,
  filter,
  count: changed,
}: AuditLine): HTMLElement {
  const ended = endedAt === null ? 'has not ended' : `ended ${moment(endedAt)}`
  const level = state === 'failed' ? 'critical' : state === 'interrupted' ? 'warning' : 'ok'
  return h(
    'tr',
    {},
    h('td', {class: 'time', title: ended}, moment(at)),
    h('td', {class: 'text', title: profile === null ? null : `profile ${profile}`}, who),
    h('td', {}, action),
    h('td', {class: 'text'}, h('a', {href: to.queue(queue), 'data-row': true}, queue)),
    h('td', {class: 'text mono'}, filter),
    h('td', {class: 'figure'}, orNone(changed, count)),
    h(
      'td',
      {class: 'judged', 'data-level': level},
      state === 'started' && endedAt === null ? 'begun' : state || NONE,
    ),
  )
}
