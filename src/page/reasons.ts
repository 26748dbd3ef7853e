import type {Observation} from '../monitor/observation.ts'
import type {QueueInspection} from '../queue/inspect.ts'
import {h, setText} from './dom.ts'
import {count, moment, NONE} from './format.ts'
import {KeyedRows, type ShownRow} from './keyed-rows.ts'
import {makeTable, panel} from './panel.ts'
import {to} from './router.ts'

interface Reason {
  reason: string
  /** Letters of other programs have no reason that could be filtered by. */
  isForeign: boolean
  letters: number
  first: string | null
  last: string | null
}

/** The dead letters by reason; each leads to the letters themselves. */
export function makeReasons(queue: string): ShownRow<Observation> {
  const {node, body} = makeTable(['reason', {figure: 'letters'}, 'first failed', 'last failed'])
  const none = h('p', {class: 'hint'}, 'none')
  const rows = new KeyedRows<Reason>(
    body,
    ({reason, isForeign}) => `${isForeign} ${reason}`,
    (reason) => makeReason(queue, reason),
  )
  return {
    node: panel('dead letters by reason', node, none),
    show({inspection}) {
      const reasons = reasonsOf(inspection)
      rows.show(reasons)
      node.hidden = reasons.length === 0
      none.hidden = reasons.length > 0
    },
  }
}

function reasonsOf({
  deadLettersByReason,
  timesByReason,
  foreignDeadLetters,
  foreignTimes,
}: QueueInspection): Reason[] {
  const own = Object.entries(deadLettersByReason).map(([reason, letters]) => {
    const times = timesByReason[reason]
    return {
      reason,
      isForeign: false,
      letters,
      first: times?.firstFailedAt ?? null,
      last: times?.lastFailedAt ?? null,
    }
  })
  if (foreignDeadLetters === 0) return own
  const first = foreignTimes?.firstFailedAt ?? null
  const last = foreignTimes?.lastFailedAt ?? null
  return [...own, {reason: 'of other programs', isForeign: true, letters: foreignDeadLetters, first, last}]
}

function makeReason(queue: string, {reason, isForeign}: Reason): ShownRow<Reason> {
  const href = to.letters(queue, isForeign ? '' : `reason:${quote(reason)}`)
  const letters = h('td', {class: 'figure'})
  const first = h('td', {class: 'time'})
  const last = h('td', {class: 'time'})
  const name = h('th', {scope: 'row'}, h('a', {href, 'data-row': true}, reason))
  return {
    node: h('tr', {}, name, letters, first, last),
    show(now) {
      setText(letters, count(now.letters))
      setText(first, now.first === null ? NONE : moment(now.first))
      setText(last, now.last === null ? NONE : moment(now.last))
    },
  }
}

/** A value for a filter: plain words stand as they are. */
function quote(value: string): string {
  return /^[\w.-]+$/.test(value) ? value : JSON.stringify(value)
}
