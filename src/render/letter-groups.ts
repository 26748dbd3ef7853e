import type {LetterGroup} from '../queue/letters/letter-groups.ts'
import {UNICODE} from './bench/signs.ts'
import {escapeLine} from './escape.ts'
import {count, moment, plural} from './format.ts'
import {indented, kindOf} from './letter-kind.ts'
import {grid} from './table.ts'
import {sparkline} from './top/spark.ts'

/** How many groups are shown; JSON has them all. */
const MOST = 20

/** Bars of the last hour, five minutes each. */
const BARS = 12

/** From this width on the first failure has a column of its own. */
const WIDE = 100

/** Groups of dead letters: a line of figures for each, and below it what failed, and how one of its letters did. */
export function renderGroups(groups: readonly LetterGroup[], width: number): string {
  const shown = groups.slice(0, MOST)
  const table = grid(
    [
      {title: 'group'},
      {title: 'letters', align: 'right'},
      {title: 'records', align: 'right'},
      {title: 'share', align: 'right'},
      {title: 'last hour, peak/min'},
      {title: 'first failed', from: WIDE},
      {title: 'last failed'},
    ],
    shown.map(figuresOf),
    width,
  )
  const [titles, ...rows] = table.split('\n')
  const lines = rows.flatMap((row, i) => [row, ...wordsOf(shown[i], width)])
  return [titles, ...lines, ...restOf(groups.slice(MOST))].join('\n')
}

function figuresOf(group: LetterGroup): string[] {
  const {id, letters, records, share, perMinute, firstFailedAt, lastFailedAt} = group
  return [
    id ?? '-',
    count(letters),
    count(records),
    percent(share),
    lastHour(perMinute),
    moment(firstFailedAt),
    moment(lastFailedAt),
  ]
}

/** No group with records has a share of nothing. @param share 0 to 1 */
export function percent(share: number): string {
  return share > 0 && share < 0.001 ? '<0.1%' : `${(share * 100).toFixed(1)}%`
}

/** The rate of failures, and its highest value; without bars where nothing has failed. */
function lastHour(perMinute: number[]): string {
  const peak = Math.max(...perMinute)
  return peak === 0 ? '-' : `${sparkline(perMinute, BARS, UNICODE)} ${count(peak)}`
}

function wordsOf(group: LetterGroup, width: number): string[] {
  const {reason, firstFailedAt, exampleError} = group
  const since = width < WIDE ? `, since ${moment(firstFailedAt)}` : ''
  const error = exampleError === reason ? [] : [escapeLine(exampleError)]
  return [kindOf(group) + since, ...error].map((line) => indented(line, width))
}

function restOf(groups: readonly LetterGroup[]): string[] {
  if (groups.length === 0) return []
  const records = groups.reduce((sum, group) => sum + group.records, 0)
  return [
    '',
    `and ${plural(groups.length, 'more group')} with ${plural(records, 'record')}; --json lists all`,
  ]
}
