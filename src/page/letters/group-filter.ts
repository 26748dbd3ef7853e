import type {LetterGroup} from '../../queue/letters/letter-groups.ts'

/** A filter for the letters of a group among those of another filter; the other filter itself if the group has no id. */
export function withGroup(where: string, {id}: Pick<LetterGroup, 'id'>): string {
  const rest = where.trim()
  if (id === null) return rest
  return [rest === '' ? [] : enclose(rest), `group:${id}`].flat().join(' ')
}

function enclose(filter: string): string {
  return /\bOR\b/.test(filter) ? `(${filter})` : filter
}
