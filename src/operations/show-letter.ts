import type {DeadLetterView} from '../queue/letters/letter.ts'
import type {ReadFrom} from '../redis/replica/read-from.ts'
import type {Caller} from './context.ts'
import {findLetter, findNewest} from './find-letter.ts'
import {findLetters} from './find-letters.ts'
import {type JobView, withJobs} from './jobs.ts'
import {noteUnknownQueue} from './known-queue.ts'

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
    await noteUnknownQueue(context)
    const readFrom = await context.queue.readFrom()
    const found = await findLetters(context, 'id' in input ? {} : input)
    const letter =
      'id' in input
        ? await findLetter(context, found, input.id)
        : await findNewest(context, found, `group ${input.group}`)
    const [view] = await withJobs(context.queue, found.mapping, [letter.view()])
    return {queue: context.queue.name, ...view, readFrom}
  })
}
