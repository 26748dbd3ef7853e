import type {DeadLetterView} from '../../queue/letters/letter.ts'
import type {LetterGroup} from '../../queue/letters/letter-groups.ts'

/** One letter in the list, without its payload. */
export interface LetterHead
  extends Pick<
    DeadLetterView,
    'id' | 'failedAt' | 'reason' | 'code' | 'message' | 'column' | 'constraint' | 'attempts' | 'records'
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
}

export interface LettersAnswer extends Window {
  letters: LetterHead[]
}

export interface GroupsAnswer extends Window {
  groups: LetterGroup[]
}

/** One letter in full. */
export interface LetterAnswer extends DeadLetterView {
  queue: string
}
