import {change} from '../change.ts'
import type {Caller} from '../context.ts'
import {drifted} from '../drifted.ts'
import {requireQueue} from '../known-queue.ts'
import type {Operation, Plan} from '../operation.ts'
import {planExactly} from './exact.ts'
import type {PlanFile} from './shape.ts'

/**
 * Runs an operation as it was planned: on exactly what the plan has counted, or not at all.
 * @param confirm throws QtoolError (refused) unless the user agrees
 * @throws QtoolError (refused) if the queue has drifted, or if the actor may not write
 */
export async function applyPlan<Input extends object, P extends Plan, Result>(
  caller: Caller,
  operation: Operation<Input, P, Result>,
  file: PlanFile,
  confirm: (plan: P) => Promise<void>,
): Promise<{plan: P; result: Result}> {
  caller.actor.assertMayWrite()
  const input = file.input as Input
  return caller.withQueue(async (context) => {
    await requireQueue(context.queue)
    const moment = {at: file.moment.ms, leases: new Set(file.moment.leases)}
    const {plan, ...found} = await planExactly(context, operation, input, moment)
    if (context.signal.aborted) return {plan, result: operation.preview(plan, {dryRun: false})}
    assertSame(file, found)
    if (plan.affected === 0) return {plan, result: operation.preview(plan, {dryRun: false})}
    await confirm(plan)
    const filter = `${operation.describe(input)}, as planned at ${file.madeAt} by ${file.madeBy}`
    const did = {action: operation.action, filter}
    return {plan, result: await change(context, did, (progress) => operation.run(context, plan, progress))}
  })
}

/** @throws QtoolError (refused) if others would be affected than were planned */
export function assertSame(file: PlanFile, found: {affected: number; fingerprint: string}): void {
  const {operation, queue, affected} = file
  if (found.affected !== affected) {
    throw drifted(
      `${operation} of queue ${queue} would affect ${found.affected} now, and ${affected} were planned`,
    )
  }
  if (found.fingerprint !== file.fingerprint) {
    throw drifted(`${operation} of queue ${queue} would affect others than the ${affected} that were planned`)
  }
}
