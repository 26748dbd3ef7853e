import {purgeQuestion} from '../../render/item-purge.ts'
import {editSentence} from '../../render/letter-edit.ts'
import {letterPurgeQuestion} from '../../render/letters.ts'
import {replayQuestion} from '../../render/replay.ts'
import type {Context} from '../context.ts'
import {EDIT_LETTERS} from '../edit-letters.ts'
import type {Begun, Operation, Plan} from '../operation.ts'
import {type ExactPlan, planExactly} from '../plans/exact.ts'
import {planFile} from '../plans/make.ts'
import type {PlanFile, PlannedAction} from '../plans/shape.ts'
import {PURGE} from '../purge.ts'
import {PURGE_LETTERS} from '../purge-letters.ts'
import {REPLAY_LETTERS} from '../replay-letters.ts'
import type {KeptPlan} from './kept-operation.ts'

/** What a plan would affect now, and what a person is asked. */
type Recount = ExactPlan<Plan> & Pick<KeptPlan, 'ask'>

/** What is done with a kept operation, whatever its input is. */
interface Kind {
  /** Plans it from now. */
  plan(context: Context, input: object): Promise<KeptPlan>
  /** Counts again what a plan has counted. */
  recount(context: Context, file: PlanFile): Promise<Recount>
  /** Which items or letters it acts on, for the audit. */
  describe(file: PlanFile): string
  carryOn(context: Context, input: object, begun: Begun): Promise<object>
}

export const KINDS: Record<PlannedAction, Kind> = {
  purge: kind(PURGE, purgeQuestion),
  'dlq purge': kind(PURGE_LETTERS, letterPurgeQuestion),
  'dlq edit': kind(EDIT_LETTERS, editSentence),
  'dlq replay': kind(REPLAY_LETTERS, replayQuestion),
}

function kind<Input extends object, P extends Plan, Result extends object>(
  operation: Operation<Input, P, Result>,
  ask: (plan: P) => string,
): Kind {
  return {
    plan: async (context, input) => {
      const exact = await planExactly(context, operation, input as Input)
      return {file: planFile(context, operation, input as Input, exact), ask: ask(exact.plan)}
    },
    recount: async (context, file) => {
      const exact = await planExactly(context, operation, file.input as Input, momentOf(file))
      return {...exact, ask: ask(exact.plan)}
    },
    describe: (file) => operation.describe(file.input as Input),
    carryOn: (context, input, begun) => operation.carryOn(context, input as Input, begun),
  }
}

/** The moment of a plan. */
export function momentOf({moment}: PlanFile): Begun['moment'] {
  return {at: moment.ms, leases: new Set(moment.leases)}
}
