import type {AuditProgress} from '../queue/audit.ts'
import {change} from './change.ts'
import type {Caller, Context} from './context.ts'
import {requireQueue} from './known-queue.ts'

/** What an operation would do, found out without changing anything. */
export interface Plan {
  /** Items or dead letters that it would affect. */
  affected: number
}

/** An operation that says what it would do before it does it. */
export interface Operation<Input, P extends Plan, Result> {
  /** Its name in the audit, that of its command. */
  action: string
  /** Which items or letters it acts on, in words, for the audit. */
  describe(input: Input): string
  plan(context: Context, input: Input): Promise<P>
  /** Does what was planned, and counts what it changes. */
  run(context: Context, plan: P, progress: AuditProgress): Promise<Result>
}

/** How far an operation may go. */
export interface Consent<P extends Plan> {
  /** Only plan. */
  dryRun: boolean
  /** @throws QtoolError (refused) unless the user agrees to what was planned */
  confirm(plan: P): Promise<void>
}

/**
 * Plans an operation, has it confirmed, and runs it.
 * @returns no result if it was not run: with `dryRun`, after an interruption, and if nothing would be affected
 * @throws QtoolError (usage) for a queue that Redis does not know, (refused) if the actor may not write or says no
 */
export async function perform<Input, P extends Plan, Result>(
  caller: Caller,
  operation: Operation<Input, P, Result>,
  input: Input,
  consent: Consent<P>,
): Promise<{plan: P; result?: Result}> {
  // Nobody is asked about something that would be refused in the end
  if (!consent.dryRun) caller.actor.assertMayWrite()
  return caller.withQueue(async (context) => {
    await requireQueue(context.queue)
    const plan = await operation.plan(context, input)
    if (consent.dryRun || plan.affected === 0 || context.signal.aborted) return {plan}
    await consent.confirm(plan)
    const did = {action: operation.action, filter: operation.describe(input)}
    return {plan, result: await change(context, did, (progress) => operation.run(context, plan, progress))}
  })
}
