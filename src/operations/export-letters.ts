import {type ExportFormat, exportLetters as exportText} from '../letters/export.ts'
import type {FilterFlags} from '../queue/letters/filter-flags.ts'
import type {Caller} from './context.ts'
import {findLetters} from './find-letters.ts'
import {requireQueue} from './known-queue.ts'
import {readingLetters} from './letter-progress.ts'
import {requireNamedLetters} from './named-letters.ts'

export interface ExportInput {
  filter: FilterFlags
  format: ExportFormat
  /** Puts an apostrophe before a field of csv that a spreadsheet would run as a formula. */
  safe: boolean
}

/**
 * Reads dead letters as text for `write`, which takes it part by part.
 * @returns letters in the parts that `write` had asked for when it returned
 */
export async function exportLetters(
  caller: Caller,
  {filter: flags, format, safe}: ExportInput,
  write: (text: AsyncIterable<Buffer>) => Promise<void>,
): Promise<number> {
  let exported = 0
  const onLetters = (count: number) => {
    exported += count
  }
  await caller.withQueue(async (context) => {
    await requireQueue(context.queue)
    const {filter} = await findLetters(context, flags)
    // Before there is a file
    await requireNamedLetters(context, flags)
    const {queue, signal, withProgress} = context
    await withProgress(await readingLetters(queue, 'exporting', filter), (report) => {
      const onRead = (done: number) => report({done, also: [{count: exported, what: 'exported'}]})
      return write(exportText(queue.letters, {filter, format, safe, signal, onLetters, onRead}))
    })
  })
  return exported
}
