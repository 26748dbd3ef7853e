import type {Undone} from '../operations/undo.ts'
import type {AuditLine} from '../queue/audit.ts'
import type {Trash} from '../queue/trash-list.ts'
import {escapeLine} from './escape.ts'
import {count, plural} from './format.ts'
import {grid} from './table.ts'
import {KIND_WORDS} from './trash-words.ts'

/** Renders what can be undone. */
export function renderTrash(queue: string, trash: Trash[]): string {
  if (trash.length === 0) return `queue ${queue}: nothing to undo`
  const rows = trash.map(({id, kind, count: members, at, until}) => [
    id,
    `${KIND_WORDS[kind]}s`,
    count(members),
    second(at),
    second(until),
  ])
  const columns = [
    {title: 'id'},
    {title: 'what'},
    {title: 'count', align: 'right'} as const,
    {title: 'removed'},
    {title: 'kept until'},
  ]
  return `queue ${queue}: "qtool undo ID" restores\n${grid(columns, rows)}`
}

/** Renders what an undo restored. */
export function renderUndone(
  queue: string,
  {chosen, restored}: Undone,
  {interrupted}: {interrupted: boolean},
): string {
  const restoredText = `queue ${queue}: ${plural(restored, KIND_WORDS[chosen.kind])} restored`
  if (interrupted && restored < chosen.count) return `${restoredText}; the rest is still in the trash`
  if (restored === chosen.count) return restoredText
  const others = count(chosen.count - restored)
  return chosen.kind === 'edit'
    ? `${restoredText}; ${others} stay in the trash: replayed, purged or edited again since, or identical to another letter`
    : `${restoredText}, ${others} already there`
}

/** Renders manual operations, newest first. */
export function renderAudit(lines: AuditLine[], width: number): string {
  if (lines.length === 0) return 'no manual operations recorded'
  const rows = lines.map((line) => [
    second(line.at),
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
  )
}

/** To the second: 2026-11-24 06:30:00Z. */
function second(time: string): string {
  return `${time.slice(0, 19).replace('T', ' ')}Z`
}
