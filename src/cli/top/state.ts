import type {JudgedRow} from '../../monitor/judged-row.ts'
import type {TopAction} from '../../operations/top.ts'
import {ORDERS, type RowOrder, sortRows} from '../../queue/survey/sort-rows.ts'

/** What queues can be sorted by: the worst verdict first, or as `qtool queues` does. */
export type TopOrder = 'state' | Exclude<RowOrder, 'memory'>

export const TOP_ORDERS: readonly TopOrder[] = ['state', ...ORDERS.filter((order) => order !== 'memory')]

/** Something that changes a queue, of which the user is asked first. */
export interface Proposal {
  action: TopAction
  queue: string
  reason: string
  question: string
}

/** What the user has chosen so far. */
export interface TopState {
  page: 'queues' | 'queue' | 'help'
  /** Where `help` leads back to. */
  before: 'queues' | 'queue'
  chosen: string | undefined
  reason: string | undefined
  sort: TopOrder
  filter: string
  isTyping: boolean
  isHeld: boolean
  proposal: Proposal | undefined
  message: string | undefined
}

export function initialState(options: {queue: string | undefined; sort: TopOrder}): TopState {
  const page = options.queue === undefined ? 'queues' : 'queue'
  return {
    page,
    before: page,
    chosen: options.queue,
    reason: undefined,
    sort: options.sort,
    filter: '',
    isTyping: false,
    isHeld: false,
    proposal: undefined,
    message: undefined,
  }
}

/** The queues whose name has the filter in it, in their order. */
export function selectRows(queues: readonly JudgedRow[], {filter, sort}: TopState): JudgedRow[] {
  const wanted = queues.filter(({queue}) => queue.toLowerCase().includes(filter.toLowerCase()))
  if (sort !== 'state') return sortRows(wanted, sort)
  const byName = sortRows(wanted, 'name')
  return byName.sort((a, b) => LEVELS.indexOf(a.verdict.level) - LEVELS.indexOf(b.verdict.level))
}

const LEVELS = ['critical', 'warning', 'ok']

/** The state with a queue and a reason that are there, if any is. */
export function settled(
  state: TopState,
  seen: {rows: readonly JudgedRow[]; reasons: readonly string[]},
): TopState {
  const {chosen, page, reason} = state
  const isThere = page !== 'queues' || seen.rows.some(({queue}) => queue === chosen)
  const hasReason = reason !== undefined && seen.reasons.includes(reason)
  return {
    ...state,
    chosen: isThere && chosen !== undefined ? chosen : seen.rows.at(0)?.queue,
    reason: hasReason ? reason : seen.reasons.at(0),
  }
}
