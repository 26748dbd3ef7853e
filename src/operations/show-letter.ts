import type {DeadLetterView} from '../queue/letters/letter.ts'
import type {Caller} from './context.ts'
import {findLetter} from './find-letter.ts'
import {findLetters} from './find-letters.ts'
import {noteUnknownQueue} from './known-queue.ts'

export interface ShowResult extends DeadLetterView {
  queue: string
}

/** Reads one dead letter in full. @throws QtoolError (usage) if there is none with the id */
export async function showLetter(caller: Caller, {id}: {id: string}): Promise<ShowResult> {
  return caller.withQueue(async (context) => {
    await noteUnknownQueue(context)
    const letter = await findLetter(context, await findLetters(context, {}), id)
    return {queue: context.queue.name, ...letter.view()}
  })
}
