import {writeFile} from 'node:fs/promises'
import {recordMapping} from '../../config/mapping/mapping.ts'
import {messageOf, NEW_FILE, QtoolError, usageError} from '../../errors.ts'
import {assertFileName} from '../../file-name.ts'
import type {Mapping} from '../../queue/binding.ts'
import type {Caller, Context} from '../context.ts'
import {requireQueue} from '../known-queue.ts'
import type {Operation, Plan} from '../operation.ts'
import {type ExactPlan, planExactly} from './exact.ts'
import type {PlanFile} from './shape.ts'

/**
 * Plans an operation, and writes the plan to a new file; nothing else is changed.
 * @throws QtoolError (usage) if the file cannot be created, (interrupted) without a file
 */
export async function makePlan<Input extends object, P extends Plan, Result>(
  caller: Caller,
  operation: Operation<Input, P, Result>,
  input: Input,
  path: string,
): Promise<{plan: P; result: Result}> {
  return caller.withQueue(async (context) => {
    await requireQueue(context.queue)
    const exact = await planExactly(context, operation, input)
    if (context.signal.aborted) throw interrupted(path)
    await write(path, planFile(context, operation, input, exact))
    return {plan: exact.plan, result: operation.preview(exact.plan, {dryRun: true})}
  })
}

/** Writes a plan down: exactly what it has counted, and how. */
export function planFile<Input extends object>(
  {actor, mapping, queue}: Context,
  operation: Pick<Operation<Input, Plan, unknown>, 'action' | 'inputs'>,
  input: Input,
  {moment, affected, byReason, fingerprint}: ExactPlan<Plan>,
): PlanFile {
  const kept = operation.inputs.flatMap((name) => (input[name] === undefined ? [] : [[name, input[name]]]))
  return {
    qtool: 1,
    operation: operation.action,
    queue: queue.name,
    input: Object.fromEntries(kept),
    mapping: namedOf(mapping),
    moment: {ms: moment.at, leases: [...moment.leases]},
    affected,
    byReason,
    fingerprint,
    madeAt: new Date(moment.at).toISOString(),
    madeBy: actor.who,
  } as PlanFile
}

/** What was named by the one who asks, rather than left to the workers of the queue. */
function namedOf({table, records, payload, ...settings}: Mapping): PlanFile['mapping'] {
  const {rename, routes, ...mapping} = recordMapping(settings)
  return {
    ...(table.source === 'default' || settings.routes ? {} : {table: table.value}),
    ...(records.source === 'default' ? {} : {records: records.value}),
    ...(payload.source === 'default' ? {} : {payload: payload.value}),
    ...(Object.keys(rename).length === 0 ? {} : {rename}),
    ...mapping,
    ...(routes ? {routes: [...routes]} : {}),
  }
}

/** A filter may hold payload values, so only this user may read the file. */
async function write(path: string, plan: PlanFile): Promise<void> {
  assertFileName(path, '--plan', NEW_FILE)
  const text = `${JSON.stringify(plan, null, 2)}\n`
  await writeFile(path, text, {flag: 'wx', mode: 0o600}).catch((error: unknown) => {
    throw usageError(`cannot create the file of --plan: ${messageOf(error)}`, NEW_FILE)
  })
}

function interrupted(path: string): QtoolError {
  return new QtoolError(`interrupted; ${path} was not written`, {code: 'INTERRUPTED', kind: 'interrupted'})
}
