import type {LetterPlan} from '../../queue/letters/letter-plan.ts'
import type {Context} from '../context.ts'
import {Fingerprint} from '../fingerprint.ts'
import type {Operation, Plan} from '../operation.ts'

export interface ExactPlan<P> {
  plan: P
  moment: LetterPlan
  affected: number
  byReason: Record<string, number>
  fingerprint: string
}

/** Plans an operation, and reads all that it would affect. @param moment of an earlier plan; now if left out */
export async function planExactly<Input, P extends Plan>(
  context: Context,
  operation: Operation<Input, P, unknown>,
  input: Input,
  moment?: LetterPlan,
): Promise<ExactPlan<P>> {
  const fingerprint = new Fingerprint()
  const at = moment ?? (await context.queue.letters.plan())
  const plan = await operation.plan(context, input, {moment: at, fingerprint})
  // What an earlier plan named may be done by now
  if (plan.affected === 0 && !moment) await operation.requireNamed?.(context, input)
  return {plan, moment: at, ...fingerprint.finish()}
}
