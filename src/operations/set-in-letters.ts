import {shellWord} from '../config/shell-word.ts'
import {usageError} from '../errors.ts'
import type {PlannedFilter} from '../letters/run-purge.ts'
import {type Assignment, parseAssignment, type SetResult, setInLetters} from '../letters/run-set.ts'
import type {AuditProgress} from '../queue/audit.ts'
import type {Mapping} from '../queue/binding.ts'
import {describeFilter, FILTER_FLAGS, type FilterFlags} from '../queue/letters/filter-flags.ts'
import {newTrashId} from '../queue/trash-list.ts'
import type {Context} from './context.ts'
import {findLetters} from './find-letters.ts'
import type {Begun, ExactPlanning, Operation, Plan} from './operation.ts'

export interface EditResult extends SetResult {
  queue: string
  /** For `qtool undo`; null if nothing was changed. */
  trash: string | null
}

export interface SetInput extends FilterFlags {
  /** `PATH=VALUE`, each set in every payload. */
  set: string[]
}

export interface SetPlan extends Plan, SetResult {
  queue: string
  filter: PlannedFilter
  assignments: Assignment[]
}

/** Sets values in the payloads of dead letters. */
export const SET_IN_LETTERS: Operation<SetInput, SetPlan, EditResult> = {
  action: 'dlq edit',
  inputs: [...FILTER_FLAGS, 'set'],
  describe: ({set, ...filter}) =>
    [describeFilter(filter), ...set.map((one) => `--set ${shellWord(one)}`)].join(' '),
  plan,
  preview: ({queue, matched, edited, skipped, later, examples}, {dryRun}) => ({
    queue,
    matched,
    edited: dryRun ? edited : 0,
    skipped,
    later,
    examples,
    trash: null,
  }),
  run,
  carryOn,
}

/** @throws QtoolError (usage) for a value or a path that cannot be set */
async function plan(context: Context, {set, ...flags}: SetInput, exact?: ExactPlanning): Promise<SetPlan> {
  const {queue, signal, withProgress} = context
  const {planned: filter, mapping} = await findLetters(context, flags, exact?.moment)
  assertRecords(queue.name, mapping)
  const assignments = set.map(parseAssignment)
  const counted = await withProgress('counting', (say) => {
    const onProgress = (read: number) => say(`counting: ${read} letters read`)
    const onLetters = exact?.fingerprint.addLetters
    return setInLetters(queue.letters, {filter, assignments, signal, onProgress, onLetters})
  })
  return {queue: queue.name, affected: counted.edited, filter, assignments, ...counted}
}

/** @throws QtoolError (usage) if the letters hold jobs, whose libraries would not know them again */
function assertRecords(queue: string, {payload}: Mapping): void {
  if (payload.value === 'json') return
  throw usageError(
    `--set changes records, and queue ${queue} holds jobs of ${payload.value}`,
    'qtool dlq replay puts a job back as it is; correct the table, or the program that enqueues the jobs',
  )
}

async function run(
  {actor, queue, signal}: Context,
  {filter, assignments}: SetPlan,
  progress: AuditProgress,
): Promise<EditResult> {
  const run = {trash: newTrashId(), by: actor.who, at: filter.plan.at}
  const onEdited = (count: number) => {
    progress.count = count
  }
  const result = await setInLetters(queue.letters, {filter, assignments, run, signal, onEdited})
  return {queue: queue.name, ...result, trash: result.edited > 0 ? run.trash : null}
}

/** Letters that earlier processes have edited hold the values already, so that setting them again changes nothing. */
async function carryOn(
  context: Context,
  {set, ...flags}: SetInput,
  {moment, affected, done, trash, hold}: Begun,
): Promise<EditResult> {
  const {actor, queue, signal} = context
  const {planned} = await findLetters(context, flags, moment)
  // An edited letter may not match any more, and would then not count towards --limit
  const filter = done > 0 ? {...planned, limit: undefined} : planned
  const assignments = set.map(parseAssignment)
  const run = {trash, by: actor.who, at: moment.at, hold}
  const rest = await setInLetters(queue.letters, {filter, assignments, run, most: affected - done, signal})
  const edited = rest.edited + done
  const matched = Math.max(rest.matched, edited)
  return {
    ...rest,
    queue: queue.name,
    matched,
    edited,
    skipped: matched - edited,
    trash: edited > 0 ? trash : null,
  }
}
