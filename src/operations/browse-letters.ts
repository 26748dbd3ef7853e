import type {LetterWindow} from '../queue/letters/letter-window.ts'
import type {ReadFrom} from '../redis/replica/read-from.ts'
import type {Caller} from './context.ts'
import {findLetters} from './find-letters.ts'
import {requireQueue} from './known-queue.ts'

/** Letters that are read for one answer: 31 to 50 ms on two cores for letters of 500 bytes. */
const WINDOW = 5000

export interface BrowseInput {
  where?: string
  /** `next` of the answer before. */
  from?: string
  /** Most letters to return; 0 to group all that are read. */
  show: number
  /** Most letters to read. */
  most?: number
}

export interface BrowseResult extends LetterWindow {
  queue: string
  /** Dead letters of the queue, whatever the filter. */
  deadLetters: number
  /** The replicas from which this was read; null if it was read from primaries. */
  readFrom: ReadFrom
}

/** Reads some of the dead letters that a filter selects, newest first. */
export async function browseLetters(caller: Caller, input: BrowseInput): Promise<BrowseResult> {
  const {where, from, show, most = WINDOW} = input
  return caller.withQueue(async (context) => {
    const {queue} = context
    await requireQueue(queue)
    const readFrom = await queue.readFrom()
    const {filter} = await findLetters(context, {where})
    const window = await queue.letters.window({filter, from, show, most})
    return {queue: queue.name, deadLetters: await queue.letters.count(), ...window, readFrom}
  })
}
