import type {PeekedItem} from '../queue/kinds.ts'
import {escapeLine} from './escape.ts'
import {bytes, count, plural} from './format.ts'
import {grid} from './table.ts'

/** Renders the items that leave next, or of a search those that were found. */
export function renderPeek(
  {queue, items, ready, searched}: {queue: string; items: PeekedItem[]; ready: number; searched: number},
  {isFiltered, width}: {isFiltered: boolean; width: number},
): string {
  if (ready === 0 && items.length === 0) return `queue ${queue} is empty`
  const search = isFiltered ? `, searched ${count(searched)}` : ''
  if (items.length === 0)
    return `queue ${queue}: none of ${plural(ready, 'item')} matches the filter${search}`
  const isForeign = items.some(({priority}) => priority === null)
  const rows = items.map((item, i) => [
    String(i + 1),
    item.priority === null ? '-' : String(item.priority),
    String(item.score),
    item.enqueuedAt ?? '-',
    bytes(item.bytes),
    escapeLine(item.payload),
  ])
  const columns = [
    {title: '#', align: 'right'} as const,
    {title: 'priority', align: 'right'} as const,
    // Of items from other producers, only the score shows their order
    {title: 'score', align: 'right', from: isForeign ? 0 : 120} as const,
    {title: 'enqueued', from: 80},
    {title: 'size', align: 'right'} as const,
    {title: 'item', flexible: true} as const,
  ]
  return `queue ${queue}: ${count(items.length)} of ${plural(ready, 'item')}${search}\n${grid(columns, rows, width)}`
}
