import type {Caller} from '../operations/context.ts'
import {EDIT_LETTERS} from '../operations/edit-letters.ts'
import type {Operation, Plan} from '../operations/operation.ts'
import {applyPlan} from '../operations/plans/apply.ts'
import type {PlanFile} from '../operations/plans/shape.ts'
import {PURGE} from '../operations/purge.ts'
import {PURGE_LETTERS} from '../operations/purge-letters.ts'
import {REPLAY_LETTERS, repeatLine} from '../operations/replay-letters.ts'
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
    text: (_plan, result) => renderPurge(result, {dryRun: false}),
  }),
  'dlq edit': runner(EDIT_LETTERS, {
    question: editQuestion,
    examples: (plan, width) => renderPlan(plan, width),
    text: (_plan, result, {width}) => renderEdit(result, {dryRun: false, width}),
  }),
  // A replay asks nothing without a plan either
  'dlq replay': runner(REPLAY_LETTERS, {
    text: ({queue, input}, result) =>
      renderReplay(queue, result, {dryRun: false, again: repeatLine(queue, input)}),
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
