import type {CanaryResult} from '../letters/canary.ts'
import type {AuditProgress} from '../queue/audit.ts'
import type {LetterPlan} from '../queue/letters/letter-plan.ts'
import type {KeptPurge} from '../queue/operation-book/hold.ts'
import {change} from './change.ts'
import type {Caller, Context} from './context.ts'
import type {Fingerprint} from './fingerprint.ts'
import {requireQueue} from './known-queue.ts'

/** What an operation would do, found out without changing anything. */
export interface Plan {
  /** Items or dead letters that it would affect. */
  affected: number
}

/** How an operation is planned for a file, by which it is checked before it runs. */
export interface ExactPlanning {
  /** Times are counted from here, and dead letters that come in later are left alone. */
  moment: LetterPlan
  /** Is given whatever would be affected. */
  fingerprint: Fingerprint
}

/** An operation that is kept in Redis and has begun, perhaps by a process that is gone. */
export interface Begun extends KeptPurge {
  /** That of its plan. */
  moment: LetterPlan
  /** What was planned, of which `done` are done. */
  affected: number
  /** What became of its canary; null before it was judged. */
  canary: CanaryResult | null
  /** Writes down what became of it, so that nobody runs another one. */
  onCanary(result: CanaryResult): Promise<void>
}

/** An operation that says what it would do before it does it. */
export interface Operation<Input, P extends Plan, Result> {
  /** Its name in the audit and in plans: that of its command. */
  action: string
  /** Names of the input that decides what is affected and how, as they are kept in a plan. */
  inputs: ReadonlyArray<keyof Input & string>
  /** Which items or letters it acts on, in words, for the audit. */
  describe(input: Input): string
  plan(context: Context, input: Input, exact?: ExactPlanning): Promise<P>
  /** For a plan that affects nothing. @throws QtoolError (usage) if that is because a name is not known */
  requireNamed?(context: Context, input: Input): Promise<void>
  /** The result if nothing is done. */
  preview(plan: P, how: {dryRun: boolean}): Result
  /** Does what was planned, and counts what it changes; no more than was planned if the plan is exact. */
  run(context: Context, plan: P, progress: AuditProgress): Promise<Result>
  /**
   * Does what is left of a kept operation, without counting it again. Its result is that of the whole operation.
   * @throws Error that `isNotHeld` knows once it is paused, cancelled or carried on by another process
   */
  carryOn(context: Context, input: Input, begun: Begun): Promise<Result>
}

/** How far an operation may go. */
export interface Consent<P extends Plan> {
  /** Only plan. */
  dryRun: boolean
  /** @throws QtoolError (refused) unless the user agrees to what was planned */
  confirm(plan: P): Promise<void>
}

/**
 * Plans an operation, has it confirmed, and runs it, unless nothing would be affected or it is interrupted.
 * @throws QtoolError (usage) for a queue that Redis does not know, (refused) if the actor may not write or says no
 */
export async function perform<Input, P extends Plan, Result>(
  caller: Caller,
  operation: Operation<Input, P, Result>,
  input: Input,
  consent: Consent<P>,
): Promise<{plan: P; result: Result}> {
  const {dryRun} = consent
  // Nobody is asked about something that would be refused in the end
  if (!dryRun) caller.actor.assertMayWrite()
  return caller.withQueue(async (context) => {
    await requireQueue(context.queue)
    const plan = await operation.plan(context, input)
    if (plan.affected === 0) await operation.requireNamed?.(context, input)
    if (dryRun || plan.affected === 0 || context.signal.aborted) {
      return {plan, result: operation.preview(plan, {dryRun})}
    }
    await consent.confirm(plan)
    const did = {action: operation.action, filter: operation.describe(input)}
    return {plan, result: await change(context, did, (progress) => operation.run(context, plan, progress))}
  })
}
