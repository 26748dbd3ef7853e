import type {AuditLine} from '../queue/audit.ts'
import {escapeLine} from './escape.ts'
import {fitLines} from './fit-lines.ts'
import {count, moment, plural} from './format.ts'
import {grid} from './table.ts'

/** Renders manual operations, newest first: as many as there is room for, and how to see the others. */
export function renderAudit(lines: AuditLine[], {width, room}: {width: number; room: number}): string {
  if (lines.length === 0) return 'no manual operations recorded'
  const [titles, ...rows] = tableOf(lines, width)
  const all = [titles, ...rows].join('\n')
  if (linesOf(all, width) <= room) return all
  let shown = 0
  // A row that is too wide takes several lines, and the last line is for those that are left out
  let free = room - linesOf(titles, width) - 1
  while (shown < rows.length && linesOf(rows[shown], width) <= free) free -= linesOf(rows[shown++], width)
  const rest = `and ${plural(rows.length - shown, 'earlier operation')}; qtool audit -n ${rows.length} shows them`
  return [titles, ...rows.slice(0, shown), rest].join('\n')
}

function linesOf(text: string, width: number): number {
  return fitLines(text, width).split('\n').length
}

function tableOf(lines: AuditLine[], width: number): string[] {
  const rows = lines.map((line) => [
    moment(line.at),
    escapeLine(line.who),
    escapeLine(line.profile ?? '-'),
    escapeLine(line.queue),
    escapeLine(line.action),
    line.state === 'started' ? 'started, no end recorded' : line.state,
    line.count === null ? '-' : count(line.count),
    escapeLine(line.filter),
  ])
  return grid(
    [
      {title: 'when'},
      {title: 'who'},
      {title: 'profile', from: 110},
      {title: 'queue'},
      {title: 'operation'},
      {title: 'state'},
      {title: 'count', align: 'right'},
      {title: 'filter', flexible: true},
    ],
    rows,
    width,
  ).split('\n')
}
