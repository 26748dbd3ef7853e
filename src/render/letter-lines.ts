import type {DeadLetterView} from '../queue/letters/letter.ts'
import {escapeLine} from './escape.ts'
import {moment} from './format.ts'
import {placeOf} from './letter-place.ts'
import type {Style} from './style.ts'
import {clipWidth} from './table.ts'

const INDENT = '   '

/** Letters one by one: when each failed and its id, and below that why. An id is never cut. */
export function renderLetters(letters: readonly DeadLetterView[], width: number, style: Style): string {
  return letters.flatMap((letter) => linesOf(letter, width, style)).join('\n')
}

function linesOf(letter: DeadLetterView, width: number, style: Style): string[] {
  const {id, failedAt, reason, history, column, constraint, detail, message, payload} = letter
  const place =
    column === null && constraint === null ? '' : ` ${placeOf({column, constraint, parent: null})}`
  const why = `${escapeLine(reason)}${place}: ${escapeLine(detail ?? message ?? payload)}`
  return [
    ` ${moment(failedAt)}  ${style.strong(escapeLine(id))}${editedSince(history)}`,
    style.faint(INDENT + clipWidth(why, width - INDENT.length)),
  ]
}

/** The error of a letter that was edited is that of its old payload: nobody has tried the new one. */
function editedSince(history: DeadLetterView['history']): string {
  const last = history.at(-1)
  return last?.reason === 'edited' ? `  edited ${moment(last.failedAt)}, failed before that for` : ''
}
