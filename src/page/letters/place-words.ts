import type {LetterGroup} from '../../queue/letters/letter-groups.ts'

/** Where in the table the fault is: the constraint, or else the column. */
export function placeWords({
  column,
  constraint,
  table,
}: Pick<LetterGroup, 'column' | 'constraint' | 'table'>): string {
  return [constraint ?? column ?? '', table === null ? '' : `in ${table}`].join(' ').trim()
}
