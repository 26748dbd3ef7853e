import type {LetterGroup} from '../queue/letters/letter-groups.ts'
import {escapeLine} from './escape.ts'
import {count, minute, percent} from './format.ts'
import {lastHour} from './last-hour.ts'
import {placeOf} from './letter-place.ts'
import type {Style} from './style.ts'
import {grid} from './table.ts'

/** From this width on there is room for all figures beside the longest usual names. */
const WIDE = 110

/** Groups in one line each, with titles. `--group ID` shows one whole. */
export function shortGroups(groups: readonly LetterGroup[], width: number, style: Style): string[] {
  const table = grid(
    [
      {title: 'group', paint: style.strong},
      {title: 'letters', align: 'right'},
      {title: 'records', align: 'right', from: WIDE},
      {title: 'share', align: 'right'},
      {title: 'last hour, peak/min', from: WIDE},
      {title: 'last failed'},
      {title: 'what failed'},
    ],
    groups.map((group) => [
      group.id ?? '-',
      count(group.letters),
      count(group.records),
      percent(group.share),
      lastHour(group.perMinute),
      minute(group.lastFailedAt),
      shortKind(group),
    ]),
    width,
  )
  const [titles, ...rows] = table.split('\n')
  return [style.faint(titles), ...rows]
}

/** `23503 orders_customer_fkey → customers`: a code says as much as the reason above it, if there is a place, too. */
export function shortKind(
  group: Pick<LetterGroup, 'reason' | 'code' | 'table' | 'column' | 'constraint' | 'parent'>,
): string {
  const {reason, code, column, constraint} = group
  if (column !== null || constraint !== null) return `${escapeLine(code ?? reason)} ${placeOf(group)}`
  return escapeLine(code === null ? reason : `${reason} ${code}`)
}
