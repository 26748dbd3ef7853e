import {QtoolError} from '../errors.ts'
import type {Letter} from '../queue/letters/letter.ts'
import type {Context} from './context.ts'
import type {FoundLetters} from './find-letters.ts'

/** The dead letter with an id. @throws QtoolError (usage) if there is none */
export async function findLetter(
  {queue, withProgress}: Context,
  {filter: {records}}: FoundLetters,
  id: string,
): Promise<Letter> {
  const letter = await withProgress('looking up the letter', (say) =>
    queue.letters.find(id, {records, onProgress: (read) => say(`searching all dead letters: ${read} read`)}),
  )
  if (letter) return letter
  throw new QtoolError(`no dead letter of queue ${queue.name} has the id ${id}`, {
    code: 'NO_LETTER',
    kind: 'usage',
    suggestions: [`qtool dlq list -q ${queue.name} shows the ids`],
  })
}
