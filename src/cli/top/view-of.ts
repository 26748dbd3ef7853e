import type {JudgedRow} from '../../monitor/judged-row.ts'
import type {JudgedList} from '../../monitor/survey-monitor.ts'
import type {Trouble} from '../../monitor/trouble.ts'
import type {TopView} from '../../render/top/view.ts'
import type {ChosenFacts} from './chosen.ts'
import type {TopState} from './state.ts'

/** What is known while a screen is drawn. */
export interface Known extends ChosenFacts {
  server: string
  list: JudgedList | undefined
  /** Those of the list that the filter selects. */
  rows: readonly JudgedRow[]
  backlogs(queue: string): readonly number[]
  listTrouble: Trouble | undefined
}

/** The view of a state: on each page the trouble that concerns it. */
export function viewOf(state: TopState, known: Known, nowMs = Date.now()): TopView {
  const {server, list, rows, backlogs, observation, history} = known
  const trouble = state.page === 'queue' ? known.trouble : known.listTrouble
  return {
    page: state.page,
    server,
    readFrom: (state.page === 'queue' ? observation?.inspection : list)?.readFrom ?? null,
    unreachable: list?.unreachable ?? [],
    at: observation?.inspection.at,
    rows: list && rows,
    queues: list?.queues.length ?? 0,
    backlogs,
    chosen: state.chosen,
    observation,
    history,
    reason: state.reason,
    sort: state.sort,
    filter: state.filter,
    isTyping: state.isTyping,
    isHeld: state.isHeld,
    trouble: trouble && {...trouble, forMs: Math.max(0, nowMs - Date.parse(trouble.since))},
    question: state.proposal?.question,
    message: state.message,
  }
}
