import type {JobView} from '../operations/jobs.ts'
import type {PeekResult} from '../operations/peek.ts'
import {type EngineKind, hasAges} from '../queue/kinds.ts'
import {escapeLine} from './escape.ts'
import {bytes, count, plural} from './format.ts'
import {grid} from './table.ts'

/** Renders the items that leave next, or of a search those that were found. */
export function renderPeek(
  {queue, engine, items, ready, searched}: PeekResult,
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
    item.job ? jobText(item.job) : escapeLine(item.payload),
  ])
  const columns = [
    {title: '#', align: 'right'} as const,
    {title: 'priority', align: 'right'} as const,
    // Of items from other producers, only the score shows their order
    {title: 'score', align: 'right', from: isForeign ? 0 : 120} as const,
    {title: 'enqueued', from: 80},
    {title: 'size', align: 'right'} as const,
    {title: items.some(({job}) => job) ? 'job' : 'item', flexible: true} as const,
  ]
  const isShown = columns.map(({title}) => isOf(engine, title))
  const table = grid(
    columns.filter((_, i) => isShown[i]),
    rows.map((row) => row.filter((_, i) => isShown[i])),
    width,
  )
  return `queue ${queue}: ${count(items.length)} of ${plural(ready, 'item')}${search}\n${table}`
}

/** Whether items of this kind of queue have what a column shows. */
function isOf(engine: EngineKind, title: string): boolean {
  if (title === 'priority' || title === 'score') return engine === 'zset'
  return title !== 'enqueued' || hasAges(engine)
}

/** A job on one line: what was to be run, with which records, or why they cannot be read. */
export function jobText({name, records, fault}: JobView): string {
  return escapeLine(`${name ?? '-'} ${records ?? `(${fault})`}`)
}
