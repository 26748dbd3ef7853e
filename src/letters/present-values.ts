import type {Redis} from 'ioredis'
import type {Letter} from '../queue/letters/letter.ts'
import {LetterScan} from '../queue/letters/letter-scan.ts'
import {normaliseText} from '../queue/letters/normalise.ts'

/** Fields that a filter matches exactly. */
export type LetterField = 'reason' | 'code' | 'column' | 'constraint'

/** Most values kept: other producers may write a different sentence into each letter. */
const MOST = 1000

/**
 * The values that a field has among the dead letters, as they are shown.
 * @returns undefined if the wanted one is among them
 */
export async function valuesBeside(
  redis: Redis,
  key: string,
  field: LetterField,
  wanted: string,
): Promise<string[] | undefined> {
  const values = new Set<string>()
  for await (const letters of new LetterScan(redis, key).pages()) {
    for (const letter of letters) {
      const shown = shownValue(letter, field)
      if (shown === wanted || letter[field] === wanted) return undefined
      if (shown !== null && values.size < MOST) values.add(shown)
    }
  }
  return [...values].sort()
}

function shownValue(letter: Letter, field: LetterField): string | null {
  return field === 'reason' && !letter.isOwn ? normaliseText(letter.reason) : letter[field]
}
