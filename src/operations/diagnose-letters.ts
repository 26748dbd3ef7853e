import {type Diagnosis, diagnoseLetters as diagnose} from '../letters/diagnose.ts'
import type {Stage} from '../progress/stage.ts'
import type {FilterFlags} from '../queue/letters/filter-flags.ts'
import type {Items} from '../record/items.ts'
import type {ReadFrom} from '../redis/replica/read-from.ts'
import {type SinkInput, withBoundSinks} from './bound-sink.ts'
import type {Caller} from './context.ts'
import {findLetters} from './find-letters.ts'
import {requireQueue} from './known-queue.ts'
import {readingLetters} from './letter-progress.ts'
import {requireNamedLetters} from './named-letters.ts'

export interface DiagnoseResult extends Diagnosis {
  queue: string
  table: string
  /** The replicas from which the letters were read; null if they were read from primaries. */
  readFrom: ReadFrom
}

export interface DiagnoseInput extends SinkInput {
  filter: FilterFlags
  /** Most obstacles to show. */
  show: number
}

/** Asks Postgres which dead letters would be written now; once the signal is aborted, of those judged so far. */
export async function diagnoseLetters(caller: Caller, input: DiagnoseInput): Promise<DiagnoseResult> {
  const {show} = input
  return caller.withQueue(async (context) => {
    const {queue, signal, withProgress} = context
    await requireQueue(context.queue)
    const readFrom = await queue.readFrom()
    const found = await findLetters(context, input.filter)
    return withBoundSinks(context, found, input, async (client, sinks) => {
      const stage = await readingLetters(queue, 'asking Postgres', found.filter)
      const diagnosis = await withProgress(stage, (report) => {
        const onProgress = (done: number, judged: number) => report({done, ...judgedSoFar(judged)})
        const read = (items: Items) => queue.readItems(items, sinks.readOptions)
        return diagnose(queue.letters, client, sinks, {filter: found.filter, show, read, signal, onProgress})
      })
      if (diagnosis.matched === 0) await requireNamedLetters(context, input.filter)
      return {queue: queue.name, table: sinks.names, ...diagnosis, readFrom}
    })
  })
}

function judgedSoFar(letters: number): Partial<Stage> {
  return {
    also: [{count: letters, what: 'judged'}],
    did: {verb: 'judged', count: letters, unit: 'dead letter'},
    continued: () => ({isAfresh: true}),
  }
}
