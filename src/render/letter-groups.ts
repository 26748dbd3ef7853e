import type {LetterGroup} from '../queue/letters/letter-groups.ts'
import {escapeLine} from './escape.ts'
import {count, minute, moment, percent, plural} from './format.ts'
import {lastHour} from './last-hour.ts'
import {shortGroups} from './letter-groups-short.ts'
import {indented, kindOf} from './letter-kind.ts'
import {PLAIN, type Style} from './style.ts'
import {grid} from './table.ts'
import {SHORT_FRAME, wholeThatFit} from './whole-blocks.ts'

/** How many groups are shown whole; JSON has them all. */
export const MOST_WHOLE = 20

/** From this width on the first failure has a column of its own. */
const WIDE = 100

export interface GroupsView {
  /** Of the terminal, in columns. */
  width: number
  /** Lines that the groups may take; a pipe has no end. */
  room: number
  style?: Style
}

/**
 * Groups of dead letters: a line of figures for each, and below it what failed, and how one of its letters did. Where
 * that is more than the screen holds, the worst are shown so, and each of the others in one line.
 */
export function renderGroups(
  groups: readonly LetterGroup[],
  {width, room, style = PLAIN}: GroupsView,
): string {
  const most = groups.slice(0, MOST_WHOLE)
  const [titles, ...blocks] = wholeGroups(most, width, style)
  const whole = wholeThatFit(blocks, {room, all: groups.length})
  const lines = [titles, ...blocks.slice(0, whole).flat()]
  const rest = groups.slice(whole)
  const left = Number.isFinite(room) ? Math.max(room - lines.length - SHORT_FRAME, 1) : 0
  const short = rest.length <= left ? rest : rest.slice(0, Math.max(left - 1, 0))
  if (short.length > 0) lines.push(...shortGroups(short, width, style))
  const all = groups.length > MOST_WHOLE ? '--json lists all' : 'qtool dlq list | less shows all'
  return [...lines, ...restOf(rest.slice(short.length), all)].join('\n')
}

/** The titles, and the lines of each group. */
function wholeGroups(groups: readonly LetterGroup[], width: number, style: Style): [string, ...string[][]] {
  const table = grid(
    [
      {title: 'group', paint: style.strong},
      {title: 'letters', align: 'right'},
      {title: 'records', align: 'right'},
      {title: 'share', align: 'right'},
      {title: 'last hour, peak/min'},
      {title: 'first failed', from: WIDE},
      {title: 'last failed'},
    ],
    groups.map(figuresOf),
    width,
  )
  const [titles, ...rows] = table.split('\n')
  return [style.faint(titles), ...rows.map((row, i) => [row, ...wordsOf(groups[i], width, style)])]
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

function wordsOf(group: LetterGroup, width: number, style: Style): string[] {
  const {reason, firstFailedAt, exampleError} = group
  const since = width < WIDE ? `, since ${minute(firstFailedAt)}` : ''
  const kind = indented(kindOf(group) + since, width).split('\n')
  if (exampleError === reason) return kind
  return [...kind, ...indented(escapeLine(exampleError), width).split('\n').map(style.faint)]
}

function restOf(groups: readonly LetterGroup[], all: string): string[] {
  if (groups.length === 0) return []
  const records = groups.reduce((sum, group) => sum + group.records, 0)
  return [`and ${plural(groups.length, 'more group')} with ${plural(records, 'record')}; ${all}`]
}
