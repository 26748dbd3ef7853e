import {header} from './header.ts'
import {help} from './help.ts'
import {lineOf} from './line.ts'
import {queueList} from './queue-list.ts'
import {queuePage} from './queue-page.ts'
import type {Place, TopView} from './view.ts'

/** With fewer lines than this left by the list, it has no part for the chosen queue below it. */
const LEAST_PAGE = 9

/** Exactly as many lines as the terminal has, each exactly as wide. */
export function renderTop(view: TopView, place: Place): string[] {
  const {width, height, style} = place
  const head = header(view, place)
  const room = Math.max(0, height - head.length - 1)
  const body = bodyOf(view, place, room).slice(0, room)
  const empty = Array.from({length: room - body.length}, () => lineOf([], width, style))
  return [...head, ...body, ...empty, footer(view, place)].slice(-height)
}

function bodyOf(view: TopView, place: Place, room: number): string[] {
  if (view.page === 'help') return help(place, room)
  if (view.page === 'queue') return queuePage(view, place, room)
  const {rows, filter} = view
  if (!rows) return []
  if (rows.length === 0) {
    const none =
      filter === '' ? 'no queue on this Redis yet' : `no queue has "${filter}" in its name; Esc clears that`
    return [lineOf([none], place.width, place.style)]
  }
  const height = Math.min(rows.length + 1, Math.floor(room / 2))
  if (room - height - 1 < LEAST_PAGE) return queueList(view, place, room)
  const line = lineOf([], place.width, place.style)
  return [...queueList(view, place, height), line, ...queuePage(view, place, room - height - 1)]
}

/** What is asked or said, or else which keys there are. */
function footer({question, message, isTyping, filter, page}: TopView, {width, style}: Place): string {
  if (question !== undefined) return lineOf([{text: `${question} y/N `, as: 'strong'}], width, style)
  if (isTyping) return lineOf([`/${filter}`, {text: ' ', as: 'chosen'}], width, style)
  if (message !== undefined) return lineOf([{text: message, as: 'strong'}], width, style)
  return lineOf([{text: KEYS[page], as: 'faint'}], width, style)
}

const KEYS = {
  queues: 'q quit  ? help  Enter open  s sort  / filter  space hold  P pause  R resume',
  queue: 'Esc back  ? help  space hold  P pause  R resume  X replay the chosen reason',
  help: 'Esc back',
}
