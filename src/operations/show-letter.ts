import type {DeadLetterView} from '../queue/letters/letter.ts'
import type {Caller} from './context.ts'
import {findLetter} from './find-letter.ts'
import {findLetters} from './find-letters.ts'
import {type JobView, withJobs} from './jobs.ts'
import {noteUnknownQueue} from './known-queue.ts'

export interface ShowResult extends DeadLetterView {
  queue: string
  job: JobView | null
}

/** Reads one dead letter in full. @throws QtoolError (usage) if there is none with the id */
export async function showLetter(caller: Caller, {id}: {id: string}): Promise<ShowResult> {
  return caller.withQueue(async (context) => {
    await noteUnknownQueue(context)
    const found = await findLetters(context, {})
    const letter = await findLetter(context, found, id)
    const [view] = await withJobs(context.queue, found.mapping, [letter.view()])
    return {queue: context.queue.name, ...view}
  })
}
