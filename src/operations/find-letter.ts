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
  const letter = await withProgress({doing: 'looking up the letter'}, (report) => {
    const onProgress = (done: number) => report({unit: 'letter', done})
    return queue.letters.find(id, {records, onProgress})
  })
  if (letter) return letter
  throw noLetter(queue.name, `the id ${id}`)
}

/** The newest dead letter that was meant; undefined if there is none. */
export async function findNewest(
  {queue, withProgress}: Context,
  {filter}: FoundLetters,
): Promise<Letter | undefined> {
  const most = Number.MAX_SAFE_INTEGER
  const {letters} = await withProgress({doing: 'looking for the newest letter'}, () =>
    queue.letters.window({filter, show: 1, most}),
  )
  return letters.at(0)
}

/** The error for letters that are not there. @param what they have, in words */
export function noLetter(queue: string, what: string): QtoolError {
  return new QtoolError(`no dead letter of queue ${queue} has ${what}`, {
    code: 'NO_LETTER',
    kind: 'usage',
    suggestions: [`qtool dlq list -q ${queue} shows the ids`],
  })
}
