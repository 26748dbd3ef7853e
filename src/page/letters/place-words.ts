import type {LetterGroup} from '../../queue/letters/letter-groups.ts'

/** Where in the table the fault is: the constraint, or else the column. */
export function placeWords({column, constraint}: Pick<LetterGroup, 'column' | 'constraint'>): string {
  return constraint ?? column ?? ''
}
