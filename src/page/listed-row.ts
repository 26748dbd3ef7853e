import type {Verdict} from '../monitor/observation.ts'
import type {QueueRow} from '../queue/survey/queue-row.ts'

/** A queue in the list of all, judged by the server. */
export interface ListedRow extends QueueRow {
  verdict: Verdict
}
