import type {QueueInspection} from '../queue/inspect.ts'
import {hasAges} from '../queue/kinds.ts'
import type {MendedTimes} from '../queue/verify-counts.ts'
import {escapeLine} from './escape.ts'
import {count, duration, moment, plural} from './format.ts'
import {jobWords, placeWords} from './place.ts'
import {spreadWords} from './spread.ts'
import type {Style} from './style.ts'
import {grid, pairs} from './table.ts'
import {writtenWords} from './written.ts'

/** The figures of a queue, under its name. */
export function renderQueue(found: QueueInspection, style: Style): string {
  const {totals} = found
  const overdue = found.overdueLeases > 0 ? `, ${count(found.overdueLeases)} overdue` : ''
  const about = found.isLeasedEstimate ? 'about ' : ''
  const place = placeWords(found)
  const jobs = jobWords(found.payload)
  const age: Array<[string, string]> = hasAges(found.engine)
    ? [['oldest item', found.oldestMs === null ? '-' : duration(found.oldestMs)]]
    : []
  const title = `queue ${found.queue}${pauseWords(found)}, ${moment(found.at)}`
  const overdueLook = found.overdueLeases > 0 ? style.warning : (text: string) => text
  const deadLook = found.deadLetters > 0 ? style.bad : (text: string) => text
  return `${style.strong(title)}\n${pairs([
    ...(place === '' ? [] : [['kept as', place] as [string, string]]),
    ...(found.spread ? [['spread over', spreadWords(found.spread)] as [string, string]] : []),
    ...(jobs === '' ? [] : [['items', jobs] as [string, string]]),
    ['ready', plural(found.ready, 'item')],
    [
      'leased',
      `${about}${plural(found.leased, 'item')} in ${plural(found.leases, 'lease')}${overdueLook(overdue)}`,
    ],
    ['dead letters', deadLook(count(found.deadLetters))],
    ['failed', failedWords(found)],
    ...age,
    ['enqueued', `${plural(totals.enqueued, 'record')} by qtool`],
    ['written', writtenWords(totals)],
  ])}`
}

function pauseWords({paused, pauseEndsInMs}: QueueInspection): string {
  if (!paused) return ''
  return pauseEndsInMs === null ? ', paused' : `, paused for ${duration(pauseEndsInMs)} more`
}

function failedWords({deadLetters, firstFailedAt, lastFailedAt}: QueueInspection): string {
  if (deadLetters === 0) return '-'
  if (firstFailedAt === null || lastFailedAt === null) return 'unknown time'
  return firstFailedAt === lastFailedAt
    ? moment(firstFailedAt)
    : `first ${moment(firstFailedAt)}, last ${moment(lastFailedAt)}`
}

/** What --verify has counted; nothing without it. */
export function renderVerified({verified}: QueueInspection): string[] {
  if (!verified) return []
  const {letters, mended, mendedTimes} = verified
  const counted = `counted ${plural(letters, 'dead letter')}`
  if (mended.length + mendedTimes.length === 0) return [`${counted}: all counters are correct`]
  const rows = mended.map(({counter, before, after}) => [escapeLine(counter), count(before), count(after)])
  const columns = [
    {title: 'counter'},
    {title: 'was', align: 'right'} as const,
    {title: 'is', align: 'right'} as const,
  ]
  rows.push(...mendedTimes.flatMap(timeRows))
  const head = `${counted}: ${plural(rows.length, 'counter')} corrected`
  return [`${head}\n${grid(columns, rows)}`]
}

/** Times that were wrong, in full, since they may differ by milliseconds. */
function timeRows({reason, before, after}: MendedTimes): string[][] {
  const rows = (['firstFailedAt', 'lastFailedAt'] as const).map((end) => [
    `${end === 'firstFailedAt' ? 'first' : 'last'} failure, ${escapeLine(reason)}`,
    before[end] ?? 'unknown',
    after[end] ?? 'unknown',
  ])
  return rows.filter(([, was, is]) => was !== is)
}
