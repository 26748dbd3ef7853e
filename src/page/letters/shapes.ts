import type {JobView} from '../../operations/jobs.ts'
import type {QueueInspection} from '../../queue/inspect.ts'
import type {DeadLetterView} from '../../queue/letters/letter.ts'
import type {LetterGroup} from '../../queue/letters/letter-groups.ts'

/** One letter in the list, without its payload. */
export interface LetterHead
  extends Pick<
    DeadLetterView,
    | 'id'
    | 'failedAt'
    | 'reason'
    | 'code'
    | 'message'
    | 'column'
    | 'constraint'
    | 'table'
    | 'attempts'
    | 'records'
  > {
  /** Size of the payload. */
  bytes: number
  /** How often the item has failed, this time included. */
  failures: number
}

/** How far the server has read for an answer. */
export interface Window {
  /** Letters that the filter selects among those that were read. */
  matched: number
  /** Letters that were read, the newest first. */
  searched: number
  /** Dead letters of the queue, whatever the filter. */
  deadLetters: number
  /** `from` of the next request; null if all have been read. */
  next: string | null
  /** What looks like a mistake in the filter. */
  notes: string[]
  /** The replicas from which they were read; null if they were read from primaries. */
  readFrom: QueueInspection['readFrom']
}

export interface LettersAnswer extends Window {
  letters: LetterHead[]
}

export interface GroupsAnswer extends Window {
  groups: LetterGroup[]
}

/** One letter in full. */
export interface LetterAnswer extends DeadLetterView, Pick<Window, 'readFrom'> {
  queue: string
  job: JobView | null
}
