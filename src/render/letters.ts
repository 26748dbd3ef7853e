import type {JobView} from '../operations/jobs.ts'
import type {PurgeLettersPlan} from '../operations/purge-letters.ts'
import type {PastFailure} from '../queue/letters/dead-letter.ts'
import type {DeadLetterView} from '../queue/letters/letter.ts'
import {escapeLine} from './escape.ts'
import {count, plural} from './format.ts'
import {jobText} from './items.ts'
import {pairs} from './table.ts'

/** Renders one dead letter in full. */
export function renderLetter(letter: DeadLetterView & {job: JobView | null}): string {
  const rows: Array<[string, string]> = [
    ['id', escapeLine(letter.id)],
    ['failed', letter.failedAt ?? '-'],
    ['reason', escapeLine(letter.reason)],
    ['code', escapeLine(letter.code ?? '-')],
    ['message', escapeLine(letter.message ?? '-')],
  ]
  for (const name of ['detail', 'column', 'constraint', 'table'] as const) {
    const value = letter[name]
    if (value !== null) rows.push([name, escapeLine(value)])
  }
  rows.push(['attempts', letter.attempts === null ? '-' : count(letter.attempts)])
  for (const past of letter.history) {
    rows.push(eventOf(past))
  }
  if (letter.job) rows.push(['job', jobText(letter.job)])
  rows.push([letter.payloadEncoding === 'utf8' ? 'payload' : 'payload (base64)', escapeLine(letter.payload)])
  return pairs(rows)
}

/** An earlier failure, or an edit. */
function eventOf({failedAt, reason, message}: PastFailure): [string, string] {
  const isEdit = reason === 'edited'
  const what = isEdit ? (message ?? '-') : `${reason}: ${message ?? '-'}`
  return [isEdit ? 'edited' : 'failed before', escapeLine(`${failedAt ?? '-'} ${what}`)]
}

/** What the user is asked before dead letters are purged. */
export function letterPurgeQuestion({queue, affected, isAll}: PurgeLettersPlan): string {
  return `purge ${isAll ? 'all ' : ''}${plural(affected, 'dead letter')} of queue ${queue}`
}

/** Renders what a purge removed. */
export function renderPurge(
  result: {queue: string; matched: number; purged: number; trash: string | null},
  {dryRun, isInterrupted}: {dryRun: boolean; isInterrupted: boolean},
): string {
  const {queue, matched, purged, trash} = result
  if (matched === 0) return `queue ${queue}: no dead letters to purge`
  if (dryRun) return `queue ${queue}: ${plural(matched, 'dead letter')} would be purged`
  const less =
    purged < matched && !isInterrupted
      ? `; the other ${count(matched - purged)} of ${count(matched)} were not removed or were removed by someone else`
      : ''
  const undo = trash === null ? '' : `\n"qtool undo ${trash} -q ${queue}" restores them for 24 hours`
  return `queue ${queue}: ${plural(purged, 'dead letter')} purged${less}${undo}`
}
