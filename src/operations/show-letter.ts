import type {DeadLetterView, Letter} from '../queue/letters/letter.ts'
import type {ReadFrom} from '../redis/replica/read-from.ts'
import type {Caller, Context} from './context.ts'
import {findLetter, findNewest, noLetter} from './find-letter.ts'
import {type FoundLetters, findLetters} from './find-letters.ts'
import {type JobView, withJobs} from './jobs.ts'
import {requireQueue} from './known-queue.ts'
import {requireNamedLetters} from './named-letters.ts'

export interface ShowResult extends DeadLetterView {
  queue: string
  job: JobView | null
  /** The replicas from which this was read; null if it was read from primaries. */
  readFrom: ReadFrom
}

/** One letter: by its id, or the newest of a group. */
export type ShowInput = {id: string} | {group: string}

/** Reads one dead letter in full. @throws QtoolError (usage) if there is none */
export async function showLetter(caller: Caller, input: ShowInput): Promise<ShowResult> {
  return caller.withQueue(async (context) => {
    await requireQueue(context.queue)
    const readFrom = await context.queue.readFrom()
    const found = await findLetters(context, 'id' in input ? {} : input)
    const letter =
      'id' in input ? await findLetter(context, found, input.id) : await newestOf(context, found, input)
    const [view] = await withJobs(context.queue, found.mapping, [letter.view()])
    return {queue: context.queue.name, ...view, readFrom}
  })
}

/** @throws QtoolError (usage) if no letter has the group */
async function newestOf(context: Context, found: FoundLetters, input: {group: string}): Promise<Letter> {
  const letter = await findNewest(context, found)
  if (letter) return letter
  await requireNamedLetters(context, input)
  throw noLetter(context.queue.name, `group ${input.group}`)
}
