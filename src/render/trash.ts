import type {Undone} from '../operations/undo.ts'
import type {Trash} from '../queue/trash-list.ts'
import {count, moment, plural} from './format.ts'
import {grid} from './table.ts'
import {KIND_WORDS} from './trash-words.ts'

/** Renders what can be undone. */
export function renderTrash(queue: string, trash: Trash[]): string {
  if (trash.length === 0) return `queue ${queue}: nothing to undo`
  const rows = trash.map(({id, kind, count: members, at, until}) => [
    id,
    `${KIND_WORDS[kind]}s`,
    count(members),
    moment(at),
    moment(until),
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
