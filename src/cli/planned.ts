import {shellWord} from '../config/shell-word.ts'
import type {Caller} from '../operations/context.ts'
import {EDIT_LETTERS} from '../operations/edit-letters.ts'
import type {Operation, Plan} from '../operations/operation.ts'
import {applyPlan} from '../operations/plans/apply.ts'
import type {PlanFile} from '../operations/plans/shape.ts'
import {PURGE} from '../operations/purge.ts'
import {PURGE_LETTERS} from '../operations/purge-letters.ts'
import {REPLAY_LETTERS} from '../operations/replay-letters.ts'
import type {Continuation} from '../progress/stage.ts'
import {purgeQuestion, renderItemPurge} from '../render/item-purge.ts'
import {editQuestion, renderEdit, renderPlan} from '../render/letter-edit.ts'
import {letterPurgeQuestion, renderPurge} from '../render/letters.ts'
import {renderReplay} from '../render/replay.ts'

/** How the user is asked, and how wide the terminal is. */
interface Terminal {
  /** @param examples shown before the question */
  ask(question: string, examples?: string): Promise<void>
  width: number
}

/** What came of a plan: the result of its operation, as JSON and as text. */
export interface Applied {
  result: object
  text: string
  /** The operation itself ended early because something was wrong. */
  aborted: boolean
}

/** The command line of what a plan would do, for the rest of it: the plan itself counts what is done already. */
export function plannedLine(file: PlanFile, {flags = {}}: Continuation): string {
  const {operation, queue, mapping} = file
  const {describe, inputs} = OPERATIONS[operation]
  const changed = Object.fromEntries(Object.entries(flags).filter(([name]) => inputs.includes(name)))
  const said = describe({...file.input, ...changed}).replace(/^all\b ?/, '')
  const judged = 'only-passing' in file.input && file.input['only-passing'] ? mappingWords(mapping) : []
  const more = Object.entries(flags).flatMap(([name, value]) =>
    inputs.includes(name) || value === null ? [] : `--${name} ${shellWord(value)}`,
  )
  return [`${operation} -q ${shellWord(queue)}`, said, ...judged, ...more].filter(Boolean).join(' ')
}

function mappingWords({table, records, payload, rename = {}}: PlanFile['mapping']): string[] {
  const named = Object.entries({table, records, payload})
  return [
    ...named.flatMap(([name, value]) => (value === undefined ? [] : `--${name} ${shellWord(value)}`)),
    ...Object.entries(rename).map(([key, column]) => `--rename ${shellWord(`${key}=${column}`)}`),
  ]
}

/** What is known of them whatever their input is. */
const OPERATIONS = {
  purge: PURGE,
  'dlq purge': PURGE_LETTERS,
  'dlq edit': EDIT_LETTERS,
  'dlq replay': REPLAY_LETTERS,
} as Record<PlanFile['operation'], {describe(input: object): string; inputs: readonly string[]}>

/** The operations that can be planned, with their words. */
export const PLANNED: Record<
  PlanFile['operation'],
  (caller: Caller, file: PlanFile, terminal: Terminal) => Promise<Applied>
> = {
  purge: runner(PURGE, {
    question: purgeQuestion,
    text: (plan, result, {isInterrupted}) => renderItemPurge(plan, result, {dryRun: false, isInterrupted}),
  }),
  'dlq purge': runner(PURGE_LETTERS, {
    question: letterPurgeQuestion,
    text: (_plan, result, {isInterrupted}) => renderPurge(result, {dryRun: false, isInterrupted}),
  }),
  'dlq edit': runner(EDIT_LETTERS, {
    question: editQuestion,
    examples: (plan, width) => renderPlan(plan, width),
    text: (_plan, result, {width, isInterrupted}) =>
      renderEdit(result, {dryRun: false, width, isInterrupted}),
  }),
  // A replay asks nothing without a plan either
  'dlq replay': runner(REPLAY_LETTERS, {
    text: ({queue}, result) => renderReplay(queue, result, {dryRun: false}),
  }),
}

interface Words<P, Result> {
  question?(plan: P): string
  examples?(plan: P, width: number): string
  text(plan: P, result: Result, how: {isInterrupted: boolean; width: number}): string
}

function runner<Input extends object, P extends Plan, Result extends object>(
  operation: Operation<Input, P, Result>,
  {question, examples, text}: Words<P, Result>,
) {
  return async (caller: Caller, file: PlanFile, {ask, width}: Terminal): Promise<Applied> => {
    const confirm = async (plan: P) => {
      if (question) await ask(question(plan), examples?.(plan, width))
    }
    const {plan, result} = await applyPlan(caller, operation, file, confirm)
    const isInterrupted = caller.signal.aborted
    const aborted = 'aborted' in result && result.aborted === true
    return {result, text: text(plan, result, {isInterrupted, width}), aborted}
  }
}
