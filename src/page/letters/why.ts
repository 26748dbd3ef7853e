import {h} from '../dom.ts'
import {moment, plural} from '../format.ts'
import {facts} from './facts.ts'
import {failureTable} from './failures.ts'
import type {LetterAnswer} from './shapes.ts'

/** Why a letter failed, in the words of whoever refused it. */
export function whyItFailed(letter: LetterAnswer): HTMLElement {
  const {reason, code, message, detail, column, constraint, table, failedAt, attempts} = letter
  const {records, history} = letter
  return h(
    'div',
    {class: 'why'},
    h('p', {class: 'message'}, message ?? 'no message'),
    detail !== null && h('p', {class: 'muted'}, detail),
    facts([
      ['reason', reason],
      ['code', code],
      ['column', column],
      ['constraint', constraint],
      ['table', table],
      ['failed at', moment(failedAt)],
      ['deliveries', attempts],
      ['records', records === 1 ? null : records],
      ['failures', history.length === 0 ? null : plural(history.length + 1, 'failure')],
    ]),
  )
}

/** The earlier failures, if there were any. */
export function historyOf({failedAt, reason, code, message, history}: LetterAnswer): HTMLElement[] {
  if (history.length === 0) return []
  const failures = [...history, {failedAt, reason, code, message}].reverse()
  return [h('h2', {}, 'Failures'), failureTable(failures)]
}
