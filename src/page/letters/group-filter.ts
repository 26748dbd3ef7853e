import type {LetterGroup} from '../../queue/letters/letter-groups.ts'

/** What of a group its letters have in common. */
export type GroupKind = Pick<LetterGroup, 'reason' | 'code' | 'column' | 'constraint' | 'error'>

/** What stands for a value in the message of a group. */
const HOLES = /…|(?<!\w)N(?!\w)/

/** Characters of a message that a group keeps. */
const LONGEST = 300

/**
 * A filter that selects the letters of a group. The values that the group leaves out become stars, so it may select a
 * few letters of another group whose message reads alike.
 */
export function filterOfGroup({reason, code, column, constraint, error}: GroupKind): string {
  return [
    `reason:${pattern(reason)}`,
    isOrIsNot('code', code),
    isGiven('column', column),
    isGiven('constraint', constraint),
    isOrIsNot('message', error),
  ]
    .filter((part) => part !== '')
    .join(' ')
}

/** Two filters that must both hold. */
export function bothFilters(one: string, other: string): string {
  const parts = [one, other].map((text) => text.trim()).filter((text) => text !== '')
  return parts.length < 2 ? parts.join('') : parts.map(enclose).join(' ')
}

function enclose(filter: string): string {
  return /\bOR\b/.test(filter) ? `(${filter})` : filter
}

function isOrIsNot(field: string, value: string | null): string {
  return value === null ? `NOT ${field}:*` : `${field}:${pattern(value)}`
}

function isGiven(field: string, value: string | null | undefined): string {
  return value === null || value === undefined ? '' : `${field}:${pattern(value)}`
}

/** A text as a value: as it is, in quotes, or with stars for what was left out, which may also be its end. */
function pattern(text: string): string {
  if (/^(?!N$)[\w.-]+$/.test(text)) return text
  const parts = text.split(HOLES)
  if (parts.length === 1 && text.length < LONGEST) return JSON.stringify(text)
  return `${parts.map(escapeBare).join('*')}*`.replace(/\*+$/, '*')
}

/** Each sign that could mean something, behind a backslash. */
function escapeBare(text: string): string {
  return text.replace(/[^\p{L}\p{N}_]/gu, '\\$&')
}
