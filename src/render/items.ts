import type {DeadLetterView} from '../queue/dead-letters.ts'
import type {PeekedItem} from '../queue/peek.ts'
import {escapeLine} from './escape.ts'
import {bytes, clip, count, plural} from './format.ts'
import {grid, pairs} from './table.ts'

/** The items that leave next. */
export function renderPeek(queue: string, items: PeekedItem[], ready: number, width: number): string {
  if (items.length === 0) return `queue ${queue} is empty`
  const rows = items.map((item, i) => [
    String(i + 1),
    String(item.priority),
    item.enqueuedAt ?? '-',
    bytes(item.bytes),
    clip(escapeLine(item.payload), Math.max(20, width - 60)),
  ])
  const columns = [
    {title: '#', align: 'right'} as const,
    {title: 'priority', align: 'right'} as const,
    {title: 'enqueued'},
    {title: 'size', align: 'right'} as const,
    {title: 'item'},
  ]
  return `queue ${queue}: ${count(items.length)} of ${plural(ready, 'item')}\n${grid(columns, rows)}`
}

/** Dead letters in lines, with their number by reason. */
export function renderDeadLetters(
  queue: string,
  letters: DeadLetterView[],
  total: number,
  byReason: Record<string, number>,
  width: number,
): string {
  if (total === 0) return `queue ${queue} has no dead letters`
  const reasons = grid(
    [{title: 'reason'}, {title: 'records', align: 'right'}],
    Object.entries(byReason).map(([reason, n]) => [escapeLine(reason), count(n)]),
  )
  const rows = letters.map((letter) => [
    letter.failedAt ?? '-',
    escapeLine(letter.reason),
    escapeLine(letter.code ?? '-'),
    escapeLine(letter.id),
    clip(escapeLine(letter.message ?? letter.payload), Math.max(14, width - 97)),
  ])
  const list = grid(
    [{title: 'failed'}, {title: 'reason'}, {title: 'code'}, {title: 'id'}, {title: 'message'}],
    rows,
  )
  return `queue ${queue}: ${plural(total, 'dead letter')}\n${reasons}\n\n${list}`
}

/** One dead letter whole. */
export function renderDeadLetter(letter: DeadLetterView): string {
  const rows: Array<[string, string]> = [
    ['id', escapeLine(letter.id)],
    ['failed', letter.failedAt ?? '-'],
    ['reason', escapeLine(letter.reason)],
    ['code', escapeLine(letter.code ?? '-')],
    ['message', escapeLine(letter.message ?? '-')],
  ]
  for (const name of ['detail', 'column', 'constraint'] as const) {
    const value = letter[name]
    if (value !== null) rows.push([name, escapeLine(value)])
  }
  rows.push(['attempts', letter.attempts === null ? '-' : count(letter.attempts)])
  rows.push([letter.payloadEncoding === 'utf8' ? 'payload' : 'payload (base64)', escapeLine(letter.payload)])
  return pairs(rows)
}
