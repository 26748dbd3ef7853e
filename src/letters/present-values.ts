import type {Redis} from 'ioredis'
import type {Letter} from '../queue/letters/letter.ts'
import {LetterScan} from '../queue/letters/letter-scan.ts'
import {normaliseText} from '../queue/letters/normalise.ts'

/** What a filter can name exactly. */
export type LetterField = 'reason' | 'code' | 'column' | 'constraint'

/** Values told apart: other producers may write a sentence of its own for each letter. */
const MOST = 1000

/**
 * The values of a field among the dead letters, as they are shown.
 * @returns undefined where the wanted one is among them
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
