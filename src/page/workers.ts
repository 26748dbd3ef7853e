import type {Observation} from '../monitor/observation.ts'
import type {WorkerState} from '../queue/worker-state.ts'
import {h, setText} from './dom.ts'
import {count, duration, NONE, orNone, rate} from './format.ts'
import {KeyedRows, type ShownRow} from './keyed-rows.ts'
import {makeTable, panel} from './panel.ts'

/** What the circuit breaker of a worker says of a server. */
const BREAKER_WORDS: Record<string, {text: string; level: string}> = {
  closed: {text: 'ok', level: 'ok'},
  'half-open': {text: 'probing', level: 'warning'},
  open: {text: 'away', level: 'critical'},
}

/** A worker and how long ago it reported. */
interface Seen extends WorkerState {
  agoMs: number
}

/** The worker processes that have reported lately, with the state of both servers as they see them. */
export function makeWorkers(): ShownRow<Observation> {
  const {node, body} = makeTable([
    'host',
    {figure: 'process'},
    {figure: 'workers'},
    {figure: 'records/s'},
    'Redis',
    'Postgres',
    'version',
    {figure: 'reported'},
  ])
  const none = h('p', {class: 'hint'})
  const rows = new KeyedRows<Seen>(body, ({name}) => name, makeWorker)
  return {
    node: panel('workers', node, none),
    show({inspection: {workers, at, paused, ready}}) {
      const now = Date.parse(at)
      rows.show(workers.map((worker) => ({...worker, agoMs: now - worker.seenAt})))
      node.hidden = workers.length === 0
      none.hidden = workers.length > 0
      setText(none, noneWords(paused, ready))
    },
  }
}

function noneWords(paused: boolean, ready: number): string {
  if (paused) return 'none reported in the last 15 s; the queue is paused'
  return ready > 0
    ? 'none reported in the last 15 s'
    : 'none reported in the last 15 s, and nothing waits for one'
}

function makeWorker({name, host, pid, version}: Seen): ShownRow<Seen> {
  const leases = h('td', {class: 'figure'})
  const perSecond = h('td', {class: 'figure'})
  const redis = h('td')
  const postgres = h('td')
  const reported = h('td', {class: 'figure'})
  const first = [h('th', {scope: 'row', title: name}, host), h('td', {class: 'figure'}, String(pid))]
  const made = h('td', {}, version ?? NONE)
  return {
    node: h('tr', {}, ...first, leases, perSecond, redis, postgres, made, reported),
    show(worker) {
      setText(leases, count(worker.workers))
      setText(perSecond, orNone(worker.recordsPerSecond, rate))
      showBreaker(redis, worker.redis)
      showBreaker(postgres, worker.postgres)
      // Rounded, since it changes with every look
      setText(
        reported,
        worker.agoMs < 1000
          ? 'now'
          : `${duration(Math.round(worker.agoMs / 1000) * 1000).replace('.0', '')} ago`,
      )
    },
  }
}

function showBreaker(cell: HTMLElement, state: string): void {
  const {text, level} = BREAKER_WORDS[state] ?? {text: state, level: 'warning'}
  cell.dataset.level = level
  cell.className = 'judged'
  setText(cell, text)
}
