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

/** The newest dead letter that was meant. @param what that is, in words @throws QtoolError (usage) if there is none */
export async function findNewest(
  {queue, withProgress}: Context,
  {filter}: FoundLetters,
  what: string,
): Promise<Letter> {
  const most = Number.MAX_SAFE_INTEGER
  const {letters} = await withProgress({doing: 'looking for the newest letter'}, () =>
    queue.letters.window({filter, show: 1, most}),
  )
  if (letters.length > 0) return letters[0]
  throw noLetter(queue.name, what)
}

function noLetter(queue: string, what: string): QtoolError {
  return new QtoolError(`no dead letter of queue ${queue} has ${what}`, {
    code: 'NO_LETTER',
    kind: 'usage',
    suggestions: [`qtool dlq list -q ${queue} shows the ids`],
  })
}
