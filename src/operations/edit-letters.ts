import {shellWord} from '../config/shell-word.ts'
import {usageError} from '../errors.ts'
import {type EditRule, pathsNeeded, RULE_FLAGS, type RuleFlags, readRules} from '../letters/edit/rule.ts'
import {type EditCount, editLetters, editPlanned, type LetterEdit} from '../letters/edit/run-edit.ts'
import type {PlannedFilter} from '../letters/run-purge.ts'
import type {AuditProgress} from '../queue/audit.ts'
import type {Mapping} from '../queue/binding.ts'
import {describeFilter, FILTER_FLAGS, type FilterFlags} from '../queue/letters/filter-flags.ts'
import {newTrashId} from '../queue/trash-list.ts'
import {notePathsThatNoneHas} from './absent-paths.ts'
import type {Context} from './context.ts'
import {findLetters} from './find-letters.ts'
import {type Judged, judgeEdits} from './judge-edits.ts'
import {changed, changing, readingLetters, restOf} from './letter-progress.ts'
import {requireNamedLetters} from './named-letters.ts'
import type {Begun, ExactPlanning, Operation, Plan} from './operation.ts'

export interface EditResult extends EditCount {
  queue: string
  /** What would become of edited letters now; null if Postgres was not asked. */
  judged: Judged | null
  /** For `qtool undo`; null if nothing was changed. */
  trash: string | null
}

export interface EditInput extends FilterFlags, RuleFlags {
  /** The trash of an edit that was interrupted, and is continued. */
  continue?: string
}

export interface EditPlan extends Plan, EditCount {
  queue: string
  filter: PlannedFilter
  rules: EditRule[]
  /** The rules as they were typed. */
  how: string
  judged: Judged | null
  input: EditInput
}

/** Changes the payloads of dead letters by rules. */
export const EDIT_LETTERS: Operation<EditInput, EditPlan, EditResult> = {
  action: 'dlq edit',
  inputs: [...FILTER_FLAGS, ...RULE_FLAGS],
  describe: (input) => `${describeFilter(input)} ${rulesText(input)}`,
  plan,
  requireNamed: requireNamedLetters,
  preview: ({queue, judged, edited, ...plan}, {dryRun}) => ({
    ...countOf(plan),
    queue,
    edited: dryRun ? edited : 0,
    judged,
    trash: null,
  }),
  run,
  carryOn,
}

function countOf({matched, skipped, later, leftAlone, examples}: Omit<EditCount, 'edited'>) {
  return {matched, skipped, later, leftAlone, examples}
}

function rulesText(input: RuleFlags): string {
  return RULE_FLAGS.flatMap((name) => (input[name] ?? []).map((text) => `--${name} ${shellWord(text)}`)).join(
    ' ',
  )
}

/** @throws QtoolError (usage) for a rule that is none, or if there is none */
function rulesOf(input: RuleFlags): EditRule[] {
  const rules = readRules(input)
  if (rules.length > 0) return rules
  throw usageError('expected a rule to edit by', `rules: ${RULE_FLAGS.map((name) => `--${name}`).join(', ')}`)
}

async function plan(context: Context, input: EditInput, exact?: ExactPlanning): Promise<EditPlan> {
  const {queue, signal, withProgress} = context
  const found = await findLetters(context, input, exact?.moment)
  const {mapping} = found
  const filter = {...found.planned, notOfEdit: await continued(context, input)}
  assertRecords(queue.name, mapping)
  const rules = rulesOf(input)
  const sample = new Sample()
  const onEdits = (edits: readonly LetterEdit[]) => {
    exact?.fingerprint.addLetters(edits.map(({letter}) => letter))
    sample.add(edits)
  }
  const counted = await withProgress(await readingLetters(queue, 'counting', filter), (report) => {
    const onProgress = (done: number, edited: number) =>
      report({done, also: [{count: edited, what: 'to be changed'}]})
    return editLetters(queue.letters, {filter, rules, signal, onProgress, onEdits})
  })
  if (counted.edited === 0) await notePathsThatNoneHas(context, filter, pathsNeeded(input))
  const judged = await judgeEdits(context, found, sample.edits)
  return {
    queue: queue.name,
    affected: counted.edited,
    filter,
    rules,
    how: rulesText(input),
    judged,
    input,
    ...counted,
  }
}

/** @throws QtoolError (usage) for an id that is not that of an edit */
async function continued({queue}: Context, {continue: id}: EditInput): Promise<string | undefined> {
  if (id === undefined) return undefined
  const trash = await queue.trash()
  if (trash.some((one) => one.id === id && one.kind === 'edit')) return id
  throw usageError(
    `queue ${queue.name} has no edit with the id ${id} that could be continued`,
    `qtool undo -q ${queue.name} lists the edits`,
    'without --continue it begins again',
  )
}

/** The first of the edits, for Postgres to judge. */
class Sample {
  readonly edits: LetterEdit[] = []
  #bytes = 0

  add(edits: readonly LetterEdit[]): void {
    for (const edit of edits) {
      if (this.edits.length >= MOST_JUDGED || this.#bytes > MOST_BYTES) return
      this.edits.push(edit)
      this.#bytes += edit.item.length
    }
  }
}

/** Judged in a fraction of a second. */
const MOST_JUDGED = 1000
const MOST_BYTES = 16 * 1024 * 1024

/** @throws QtoolError (usage) if the letters hold jobs, whose libraries would not know them again */
function assertRecords(queue: string, {payload}: Mapping): void {
  if (payload.value === 'json') return
  throw usageError(
    `rules change records, and queue ${queue} holds jobs of ${payload.value}`,
    'qtool dlq replay puts a job back as it is; correct the table, or the program that enqueues the jobs',
  )
}

async function run(
  {actor, queue, signal, withProgress}: Context,
  plan: EditPlan,
  progress: AuditProgress,
): Promise<EditResult> {
  const {input, filter, rules, how, judged, matched, affected: most} = plan
  const run = {trash: filter.notOfEdit ?? newTrashId(), by: actor.who, at: filter.plan.at, how}
  const rest = restOf(input, filter.plan.at)
  const stage = changing('editing', 'changed', most, (done) => {
    const {flags} = rest(done)
    return {flags: done > 0 ? {...flags, continue: run.trash} : flags}
  })
  const edited = await withProgress(stage, (report) => {
    const onEdited = (count: number) => {
      progress.count = count
      report(changed('changed', count, most))
    }
    return editPlanned(queue.letters, {filter, rules, run, most, signal, onEdited})
  })
  const skipped = matched - edited
  return {...countOf(plan), queue: queue.name, edited, skipped, judged, trash: edited > 0 ? run.trash : null}
}

/** A letter that was edited under this trash is left alone, so that no rule is applied to it twice. */
async function carryOn(
  context: Context,
  input: EditInput,
  {moment, affected, done, trash, hold}: Begun,
): Promise<EditResult> {
  const {actor, queue, signal, withProgress} = context
  const {planned} = await findLetters(context, input, moment)
  // An edited letter may not match any more, and would then not count towards --limit
  const filter = done > 0 ? {...planned, limit: undefined} : planned
  const run = {trash, by: actor.who, at: moment.at, how: rulesText(input), hold}
  const rules = rulesOf(input)
  const counted = await editLetters(queue.letters, {filter, rules, most: affected - done, signal})
  const rest = await withProgress(changing('editing', 'changed', affected), (report) => {
    const onEdited = (count: number) => report(changed('changed', done + count, affected))
    return editPlanned(queue.letters, {filter, rules, run, most: affected - done, signal, onEdited})
  })
  const edited = rest + done
  const matched = Math.max(counted.matched, edited)
  return {
    ...countOf(counted),
    queue: queue.name,
    matched,
    edited,
    skipped: matched - edited,
    judged: null,
    trash: edited > 0 ? trash : null,
  }
}
