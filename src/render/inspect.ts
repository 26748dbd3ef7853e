import type {QueueInspection} from '../queue/inspect.ts'
import {escapeLine} from './escape.ts'
import {bytes, count, duration, plural} from './format.ts'
import {clipWidth, grid, pairs} from './table.ts'

/** Everything `inspect` found, the queue first. */
export function renderInspection(found: QueueInspection): string {
  const {memory, clients} = found
  const overdue = found.overdueLeases > 0 ? `, ${count(found.overdueLeases)} overdue` : ''
  const reasons = Object.entries(found.deadLettersByReason).map(
    ([reason, n]) => `${escapeLine(reason)} ${count(n)}`,
  )
  const parts = [
    `queue ${found.queue}${pauseWords(found)}\n${pairs([
      ['ready', plural(found.ready, 'item')],
      ['leased', `${plural(found.leased, 'item')} in ${plural(found.leases, 'lease')}${overdue}`],
      ['dead letters', `${count(found.deadLetters)}${reasons.length > 0 ? ` (${reasons.join(', ')})` : ''}`],
      ['oldest', found.oldestMs === null ? '-' : duration(found.oldestMs)],
      [
        'written',
        `${plural(found.totals.inserted, 'row')}, ${count(found.totals.alreadyThere)} already there`,
      ],
    ])}`,
    renderWorkers(found.workers),
    `memory\n${pairs([
      ['this queue', `${bytes(memory.queueBytes)} ready, ${bytes(memory.deadLetterBytes)} dead letters`],
      ['used', `${bytes(memory.usedBytes)}, peak ${bytes(memory.peakBytes)}`],
      ['limit', `${memory.maxBytes === 0 ? 'none' : bytes(memory.maxBytes)}, policy ${memory.policy}`],
      ['fragmentation', memory.fragmentation.toFixed(2)],
    ])}`,
    `clients\n${pairs([['connected', `${count(clients.connected)} of ${count(clients.max)}, ${count(clients.blocked)} blocked`]])}`,
  ]
  return [...parts, renderSlowlog(found.slowlog)].join('\n\n')
}

function pauseWords({paused, pauseEndsInMs}: QueueInspection): string {
  if (!paused) return ''
  return pauseEndsInMs === null ? ', paused' : `, paused for ${duration(pauseEndsInMs)} more`
}

/** Each process with the state of its circuit breakers. */
function renderWorkers(workers: QueueInspection['workers']): string {
  if (workers.length === 0) return 'workers\n none'
  const words: Record<string, string> = {closed: 'works', open: 'away', 'half-open': 'away, being tried'}
  const rows = workers.map((worker) => [
    escapeLine(worker.name),
    count(worker.workers),
    words[worker.redis] ?? escapeLine(worker.redis),
    words[worker.postgres] ?? escapeLine(worker.postgres),
  ])
  const columns = [
    {title: 'process'},
    {title: 'leases at once', align: 'right'} as const,
    {title: 'Redis'},
    {title: 'Postgres'},
  ]
  return `workers\n${grid(columns, rows)}`
}

function renderSlowlog(slowlog: QueueInspection['slowlog']): string {
  if (slowlog.length === 0) return 'slow log\n empty'
  const rows = slowlog.map((entry) => [
    entry.at,
    count(entry.micros / 1000),
    clipWidth(escapeLine(entry.command), 60),
  ])
  return `slow log\n${grid([{title: 'at'}, {title: 'ms', align: 'right'}, {title: 'command'}], rows)}`
}
