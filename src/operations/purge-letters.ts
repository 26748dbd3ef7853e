import {countPurge, type PlannedFilter, type PurgeResult, runPurge} from '../letters/run-purge.ts'
import type {AuditProgress} from '../queue/audit.ts'
import {
  describeFilter,
  FILTER_FLAGS,
  type FilterFlags,
  firstFilterFlag,
} from '../queue/letters/filter-flags.ts'
import type {Context} from './context.ts'
import {findLetters} from './find-letters.ts'
import type {Begun, ExactPlanning, Operation, Plan} from './operation.ts'

export interface PurgeLettersPlan extends Plan {
  queue: string
  filter: PlannedFilter
  /** No filter is given, so that no letter has to be read. */
  isAll: boolean
  /** Dead letters of the queue. */
  deadLetters: number
}

export interface PurgeLettersResult extends PurgeResult {
  queue: string
  /** Dead letters that matched the filter when they were counted. */
  matched: number
  /** Dead letters of the queue afterwards. */
  remaining: number
}

/** Removes dead letters: those that were counted, and none that come in later. */
export const PURGE_LETTERS: Operation<FilterFlags, PurgeLettersPlan, PurgeLettersResult> = {
  action: 'dlq purge',
  inputs: FILTER_FLAGS,
  describe: describeFilter,
  plan,
  preview: ({queue, affected: matched, deadLetters: remaining}) => ({
    queue,
    matched,
    purged: 0,
    trash: null,
    remaining,
  }),
  run,
  carryOn,
}

async function plan(context: Context, flags: FilterFlags, exact?: ExactPlanning): Promise<PurgeLettersPlan> {
  const {queue, signal, withProgress} = context
  const isAll = firstFilterFlag(flags) === undefined
  const {planned: filter} = await findLetters(context, flags, exact?.moment)
  const affected = await withProgress('counting', (say) => {
    const onProgress = (read: number) => say(`counting: ${read} letters read`)
    const onLetters = exact?.fingerprint.addLetters
    return countPurge(queue.letters, {filter, isAll, signal, onProgress, onLetters})
  })
  return {queue: queue.name, affected, filter, isAll, deadLetters: await queue.letters.count()}
}

async function run(
  {queue, signal}: Context,
  {filter, isAll, affected: matched}: PurgeLettersPlan,
  progress: AuditProgress,
): Promise<PurgeLettersResult> {
  await queue.freeOldTrash()
  const onPurged = (count: number) => {
    progress.count += count
  }
  const purged = await runPurge(queue.letters, {filter, isAll, counted: matched, signal, onPurged})
  return {queue: queue.name, matched, ...purged, remaining: await queue.letters.count()}
}

async function carryOn(context: Context, flags: FilterFlags, begun: Begun): Promise<PurgeLettersResult> {
  const {queue, signal} = context
  const {moment, affected: matched, done} = begun
  await queue.freeOldTrash()
  const left = matched - done
  const {planned} = await findLetters(context, flags, moment)
  const options = {isAll: firstFilterFlag(flags) === undefined, signal, onPurged: () => {}}
  const filter = {...planned, limit: left}
  const purged =
    left > 0
      ? await runPurge(queue.letters, {...options, filter, counted: left, kept: begun})
      : {purged: done, trash: begun.trash}
  return {queue: queue.name, matched, ...purged, remaining: await queue.letters.count()}
}
