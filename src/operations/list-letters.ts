import {type FilterFlags, firstFilterFlag} from '../queue/letters/filter-flags.ts'
import type {LetterSurvey} from '../queue/letters/letter-survey.ts'
import type {ReadFrom} from '../redis/replica/read-from.ts'
import {count, plural} from '../render/format.ts'
import type {Caller, Context} from './context.ts'
import {findLetters} from './find-letters.ts'
import {noteUnknownQueue} from './known-queue.ts'

export interface ListResult extends LetterSurvey {
  queue: string
  /** The replicas from which this was read; null if it was read from primaries. */
  readFrom: ReadFrom
}

/** Which dead letters to list. */
export interface ListInput {
  /** Its limit is left out. */
  filter: FilterFlags
  /** Most letters to show one by one. */
  show: number
  /** Reads every letter even without a filter. */
  all: boolean
}

/** Groups dead letters: the newest if there is no filter, unless all are wanted. */
export async function listLetters(caller: Caller, input: ListInput): Promise<ListResult> {
  return caller.withQueue(async (context) => {
    await noteUnknownQueue(context)
    const readFrom = await context.queue.readFrom()
    return {queue: context.queue.name, ...(await survey(context, input)), readFrom}
  })
}

async function survey(context: Context, {filter: flags, show, all}: ListInput): Promise<LetterSurvey> {
  const {letters} = context.queue
  const {filter} = await findLetters(context, flags)
  if (!all && firstFilterFlag(flags) === undefined) {
    return letters.surveyNewest({show, records: filter.records})
  }
  const total = await letters.count()
  return context.withProgress('reading', (say) => {
    const onProgress = (read: number, matched: number) =>
      say(`reading: ${count(read)} of ${plural(total, 'letter')}, ${count(matched)} matched`)
    return letters.survey({filter, show, onProgress})
  })
}
