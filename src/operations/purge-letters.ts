import {countPurge, type PlannedFilter, type PurgeResult, runPurge} from '../letters/run-purge.ts'
import type {AuditProgress} from '../queue/audit.ts'
import {describeFilter, type FilterFlags, firstFilterFlag} from '../queue/letters/filter-flags.ts'
import type {Context} from './context.ts'
import {findLetters} from './find-letters.ts'
import type {Operation, Plan} from './operation.ts'

export interface PurgeLettersPlan extends Plan {
  queue: string
  filter: PlannedFilter
  /** No filter is given, so that no letter has to be read. */
  isAll: boolean
  /** Dead letters of the queue. */
  deadLetters: number
}

/** Removes dead letters: those that were counted, and none that come in later. */
export const PURGE_LETTERS: Operation<FilterFlags, PurgeLettersPlan, PurgeResult & {remaining: number}> = {
  action: 'dlq purge',
  describe: describeFilter,
  plan,
  run,
}

async function plan(context: Context, flags: FilterFlags): Promise<PurgeLettersPlan> {
  const {queue, signal, withProgress} = context
  const isAll = firstFilterFlag(flags) === undefined
  const {planned: filter} = await findLetters(context, flags)
  const affected = await withProgress('counting', (say) => {
    const onProgress = (read: number) => say(`counting: ${read} letters read`)
    return countPurge(queue.letters, {filter, isAll, signal, onProgress})
  })
  return {queue: queue.name, affected, filter, isAll, deadLetters: await queue.letters.count()}
}

async function run(
  {queue, signal}: Context,
  {filter, isAll, affected: counted}: PurgeLettersPlan,
  progress: AuditProgress,
) {
  await queue.freeOldTrash()
  const onPurged = (count: number) => {
    progress.count += count
  }
  const purged = await runPurge(queue.letters, {filter, isAll, counted, signal, onPurged})
  return {...purged, remaining: await queue.letters.count()}
}
