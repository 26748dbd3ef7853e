import type {JudgedList} from '../monitor/survey-monitor.ts'
import type {Style} from './style.ts'

/** Where and how a list of queues is shown. */
export interface ListPlace {
  /** Columns of the terminal. */
  width: number
  /** Lines that there are, for a list that must fit; without it every queue is shown. */
  height?: number
  /** The glob that chose the queues. */
  match?: string
  style: Style
  /** The list that was shown before, for what has changed. */
  before?: JudgedList
}
