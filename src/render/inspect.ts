import type {QueueInspection} from '../queue/inspect.ts'
import {escapeLine} from './escape.ts'
import {bytes, clip, count, duration, plural} from './format.ts'
import {grid, pairs} from './table.ts'

/** Everything `inspect` found, the queue first. */
export function renderInspection(found: QueueInspection): string {
  const {memory, clients} = found
  const overdue = found.overdueLeases > 0 ? `, ${count(found.overdueLeases)} overdue` : ''
  const reasons = Object.entries(found.deadLettersByReason).map(
    ([reason, n]) => `${escapeLine(reason)} ${count(n)}`,
  )
  const parts = [
    `queue ${found.queue}\n${pairs([
      ['ready', plural(found.ready, 'item')],
      ['leased', `${plural(found.leased, 'item')} in ${plural(found.leases, 'lease')}${overdue}`],
      ['dead letters', `${count(found.deadLetters)}${reasons.length > 0 ? ` (${reasons.join(', ')})` : ''}`],
      ['oldest', found.oldestMs === null ? '-' : duration(found.oldestMs)],
      [
        'written',
        `${plural(found.totals.inserted, 'row')}, ${count(found.totals.alreadyThere)} already there`,
      ],
    ])}`,
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

function renderSlowlog(slowlog: QueueInspection['slowlog']): string {
  if (slowlog.length === 0) return 'slow log\n empty'
  const rows = slowlog.map((entry) => [
    entry.at,
    count(entry.micros / 1000),
    clip(escapeLine(entry.command), 60),
  ])
  return `slow log\n${grid([{title: 'at'}, {title: 'ms', align: 'right'}, {title: 'command'}], rows)}`
}
