import {conditionsOf, type Expression} from '../filter/expression.ts'
import type {DeadLetters} from '../queue/letters/dead-letters.ts'
import type {Letter} from '../queue/letters/letter.ts'
import {groupOf} from '../queue/letters/letter-group.ts'
import {normaliseText} from '../queue/letters/normalise.ts'

/** Fields that a filter matches exactly, and whose values repeat. */
const FIELDS = ['reason', 'code', 'column', 'constraint', 'table', 'group'] as const
export type LetterField = (typeof FIELDS)[number]

/** A value that a filter names. */
export interface NamedValue {
  field: LetterField
  value: string
}

/** Most values kept for a field: other producers may write a different sentence into each letter. */
const MOST = 1000

/** The values that a filter names exactly, each once, also where it excludes them. */
export function namedValues(expression: Expression): NamedValue[] {
  const named = new Map<string, NamedValue>()
  for (const condition of conditionsOf(expression)) {
    if (condition.kind !== 'is' || condition.pattern.length > 1) continue
    const field = FIELDS.find((name) => name === condition.field)
    const [value] = condition.pattern
    if (field) named.set(`${field}:${value}`, {field, value})
  }
  return [...named.values()]
}

/**
 * Looks for values among the dead letters, and stops once it has found all of them.
 * @returns those that no letter has, each with the values that letters have there, as they are shown
 */
export async function absentValues(
  letters: DeadLetters,
  wanted: readonly NamedValue[],
): Promise<Array<NamedValue & {others: string[]}>> {
  let absent = [...wanted]
  const known = new Map(wanted.map(({field}) => [field, new Set<string>()]))
  if (absent.length === 0) return []
  for await (const page of letters.scan().pages()) {
    for (const letter of page) {
      absent = absent.filter(
        ({field, value}) =>
          shownValue(letter, field) !== value && (field === 'group' || letter[field] !== value),
      )
      if (absent.length === 0) return []
      for (const [field, values] of known) {
        const shown = shownValue(letter, field)
        if (shown !== null && values.size < MOST) values.add(shown)
      }
    }
  }
  return absent.map((one) => ({...one, others: [...(known.get(one.field) ?? [])].sort()}))
}

function shownValue(letter: Letter, field: LetterField): string | null {
  if (field === 'group') return groupOf(letter).id
  return field === 'reason' && !letter.isOwn ? normaliseText(letter.reason) : letter[field]
}
