import type {JudgedRow} from '../../monitor/judged-row.ts'
import type {Observation, Sample} from '../../monitor/observation.ts'
import type {Trouble} from '../../monitor/trouble.ts'
import type {ReadFrom} from '../../redis/replica/read-from.ts'
import type {Signs} from '../bench/signs.ts'
import type {Style} from '../style.ts'

/** What `qtool top` shows at one moment. */
export interface TopView {
  page: 'queues' | 'queue' | 'help'
  /** Redis, as host and port. */
  server: string
  /** The replicas from which it was read; null if it was read from primaries. */
  readFrom: ReadFrom
  /** Host and port of the nodes of a cluster that do not answer; sorted. */
  unreachable: readonly string[]
  /** RFC 3339, by the clock of Redis; undefined before the first reading. */
  at: string | undefined
  /** Those that the filter selects, in their order; undefined before the first reading. */
  rows: readonly JudgedRow[] | undefined
  /** All queues. */
  queues: number
  /** Backlogs of a queue in the last minute, oldest first. */
  backlogs(queue: string): readonly number[]
  /** Name of the chosen queue. */
  chosen: string | undefined
  /** What is known of the chosen queue. */
  observation: Observation | undefined
  history: readonly Sample[]
  /** The chosen reason of dead letters. */
  reason: string | undefined
  sort: string
  filter: string
  /** Whether the filter is being typed. */
  isTyping: boolean
  isHeld: boolean
  /** Why there are no new readings, and for how long, ms. */
  trouble: (Trouble & {forMs: number}) | undefined
  /** Asked on the last line. */
  question: string | undefined
  /** Said on the last line. */
  message: string | undefined
}

/** Where it is shown. */
export interface Place {
  /** Columns and lines of the terminal. */
  width: number
  height: number
  style: Style
  signs: Signs
}
