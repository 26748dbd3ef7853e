import {header} from './header.ts'
import {queueList} from './queue-list.ts'
import {queuePage} from './queue-page.ts'
import type {Place, TopView} from './view.ts'

/** A view for scripts and mails: all lines, however many, and no keys. */
export function renderOnce(view: TopView, place: Omit<Place, 'height'>): string {
  const height = Number.MAX_SAFE_INTEGER
  const whole = {...place, height}
  const body = view.page === 'queue' ? queuePage(view, whole, height) : listLines(view, whole)
  return [...header(view, whole), '', ...body].map((line) => line.trimEnd()).join('\n')
}

function listLines(view: TopView, place: Place): string[] {
  const {rows = []} = view
  return rows.length === 0 ? ['no queue on this Redis yet'] : queueList(view, place, rows.length + 1)
}
