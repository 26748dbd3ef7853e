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
import {changed, changing, readingLetters, restOf} from './letter-progress.ts'
import {requireNamedLetters} from './named-letters.ts'
import type {Begun, ExactPlanning, Operation, Plan} from './operation.ts'

export interface PurgeLettersPlan extends Plan {
  queue: string
  flags: FilterFlags
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
  requireNamed: requireNamedLetters,
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
  const affected = await withProgress(await readingLetters(queue, 'counting', filter), (report) => {
    const onProgress = (done: number, matched: number) =>
      report({done, also: [{count: matched, what: 'matched'}]})
    const onLetters = exact?.fingerprint.addLetters
    return countPurge(queue.letters, {filter, isAll, signal, onProgress, onLetters})
  })
  return {queue: queue.name, affected, flags, filter, isAll, deadLetters: await queue.letters.count()}
}

async function run(
  {queue, signal, withProgress}: Context,
  {flags, filter, isAll, affected: matched}: PurgeLettersPlan,
  progress: AuditProgress,
): Promise<PurgeLettersResult> {
  await queue.freeOldTrash()
  const continued = restOf(flags, filter.plan.at)
  const purged = await withProgress(changing('purging', 'purged', matched, continued), (report) => {
    const onPurged = (count: number) => {
      progress.count += count
      report(changed('purged', progress.count, matched))
    }
    return runPurge(queue.letters, {filter, isAll, counted: matched, signal, onPurged})
  })
  return {queue: queue.name, matched, ...purged, remaining: await queue.letters.count()}
}

async function carryOn(context: Context, flags: FilterFlags, begun: Begun): Promise<PurgeLettersResult> {
  const {queue, signal, withProgress} = context
  const {moment, affected: matched, done} = begun
  await queue.freeOldTrash()
  const left = matched - done
  const {planned} = await findLetters(context, flags, moment)
  const isAll = firstFilterFlag(flags) === undefined
  const filter = {...planned, limit: left}
  const purged = await withProgress(changing('purging', 'purged', matched), async (report) => {
    let count = done
    const onPurged = (more: number) => {
      count += more
      report(changed('purged', count, matched))
    }
    if (left === 0) return {purged: done, trash: begun.trash}
    return runPurge(queue.letters, {filter, isAll, signal, onPurged, counted: left, kept: begun})
  })
  return {queue: queue.name, matched, ...purged, remaining: await queue.letters.count()}
}
