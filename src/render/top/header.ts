import {bytes, count, duration, plural} from '../format.ts'
import {readFromWords} from '../replica.ts'
import {unreachableLines} from '../unreachable.ts'
import {lineOf, type Piece} from './line.ts'
import {verdictPiece, verdictWords} from './verdict-words.ts'
import type {Place, TopView} from './view.ts'

/** Three lines: where this is, the state of Redis or why it is unknown, and the verdict on the chosen queue. */
export function header(view: TopView, {width, style}: Place): string[] {
  return [placePieces(view), redisPieces(view), chosenPieces(view)].map((pieces) =>
    lineOf(pieces, width, style),
  )
}

function placePieces(view: TopView): Piece[] {
  const {page, server, readFrom, chosen, at, isHeld, rows, queues, sort, filter} = view
  const source = readFrom === null ? server : `${server}, ${readFromWords(readFrom)}`
  const where = page === 'queue' ? `${source} > ${chosen ?? ''}` : source
  const some = filter === '' ? '' : `${count(rows?.length ?? 0)} of `
  const which = page === 'queues' ? `  ${some}${plural(queues, 'queue')} by ${sort}` : ''
  const chosenBy = filter === '' || page !== 'queues' ? '' : `, with "${filter}"`
  const time = at === undefined ? '' : `  ${at.slice(11, 19)}Z`
  const held: Piece[] = isHeld ? ['  ', {text: ' HELD, space goes on ', as: 'chosen'}] : []
  return [{text: 'qtool top', as: 'strong'}, `  ${where}${which}${chosenBy}${time}`, ...held]
}

function redisPieces({page, trouble, observation, rows, unreachable}: TopView): Piece[] {
  if (trouble) {
    const {tried, message, forMs, nextTryMs} = trouble
    const next = nextTryMs > 0 ? `; next try in ${duration(Math.ceil(nextTryMs / 1000) * 1000)}` : '; waiting'
    return [{text: `NO READINGS for ${duration(forMs)}: ${tried}: ${message}${next}`, as: 'critical'}]
  }
  const [missing] = page === 'queue' ? [] : unreachableLines(unreachable)
  if (missing !== undefined) return [{text: missing, as: 'critical'}]
  const server = observation?.inspection.server
  if (!server) return [{text: rows ? ' ' : 'looking for queues', as: 'faint'}]
  const {usedBytes, maxBytes, policy, fragmentation, clients} = server
  const share = maxBytes > 0 ? ` of ${bytes(maxBytes)} (${Math.round((100 * usedBytes) / maxBytes)} %)` : ''
  const limit = maxBytes > 0 ? policy : 'no limit'
  const words = `${plural(clients.connected, 'client')}, fragmentation ${fragmentation.toFixed(2)}`
  return [{text: `Redis ${bytes(usedBytes)}${share}, ${limit}, ${words}`, as: 'faint'}]
}

function chosenPieces({page, chosen, observation, rows}: TopView): Piece[] {
  const verdict = observation?.verdict ?? rows?.find(({queue}) => queue === chosen)?.verdict
  if (chosen === undefined || !verdict) return []
  const subject = page === 'queue' ? verdictWords(verdict).trim() : chosen
  return [verdictPiece(`${subject}: ${verdict.reason}`, verdict)]
}
