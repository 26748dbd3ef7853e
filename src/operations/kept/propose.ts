import {randomBytes} from 'node:crypto'
import {withDefaults} from '../../config/mapping/mapping.ts'
import {tablesOf} from '../../config/routes.ts'
import {QtoolError} from '../../errors.ts'
import type {Mapping} from '../../queue/binding.ts'
import type {Caller, Context} from '../context.ts'
import {requireQueue} from '../known-queue.ts'
import {assertSame} from '../plans/apply.ts'
import type {PlanFile, PlannedAction} from '../plans/shape.ts'
import {requireOperation} from './find.ts'
import {type KeptOperation, type KeptPlan, viewOf} from './kept-operation.ts'
import {KINDS} from './kinds.ts'

/** What somebody wants to have done. */
export interface Proposal {
  operation: PlannedAction
  /** As in a plan file. */
  input: object
  /** How records are read, where it is not left to the workers of the queue. */
  mapping?: PlanFile['mapping']
}

/**
 * Plans an operation and keeps the plan in Redis; items and letters stay as they are.
 * @throws QtoolError (usage) for an unknown queue or input that cannot be right, (refused) if the actor may not write
 */
export async function proposeOperation(caller: Caller, proposal: Proposal): Promise<KeptOperation> {
  caller.actor.assertMayWrite()
  const {operation: action, input, mapping = {}} = proposal
  return caller.withQueue(async (context) => {
    const {queue, signal} = context
    await requireQueue(queue)
    const asked = {...context, mapping: withNamed(context.mapping, mapping)}
    const plan = await KINDS[action].plan(asked, input)
    if (signal.aborted) throw interrupted()
    return keep(context, plan)
  })
}

/**
 * Keeps the plan of a file in Redis, if it would affect exactly what was planned.
 * @throws QtoolError (refused) if the queue has drifted, or the actor may not write
 */
export async function keepPlanFile(caller: Caller, file: PlanFile): Promise<KeptOperation> {
  caller.actor.assertMayWrite()
  return caller.withQueue(async (context) => {
    await requireQueue(context.queue)
    const found = await KINDS[file.operation].recount(context, file)
    if (context.signal.aborted) throw interrupted()
    assertSame(file, found)
    return keep(context, {file, ask: found.ask})
  })
}

async function keep(context: Context, plan: KeptPlan): Promise<KeptOperation> {
  const id = randomBytes(8).toString('hex')
  await context.queue.operations.create({id, action: plan.file.operation, plan})
  return viewOf(await requireOperation(context, id))
}

/** A mapping with what a plan names. */
export function withNamed(
  mapping: Mapping,
  {table, records, payload, ...named}: PlanFile['mapping'],
): Mapping {
  return {
    ...withDefaults({rename: {}, ...named}, table === undefined ? mapping : {...mapping, routes: undefined}),
    table: tableOf(table ?? (named.routes && tablesOf(named.routes))) ?? mapping.table,
    records: records === undefined ? mapping.records : {value: records, source: 'flag'},
    payload: payload === undefined ? mapping.payload : {value: payload, source: 'flag'},
  }
}

function tableOf(value: string | undefined): Mapping['table'] | undefined {
  return value === undefined ? undefined : {value, source: 'flag'}
}

function interrupted(): QtoolError {
  return new QtoolError('interrupted; nothing was kept', {code: 'INTERRUPTED', kind: 'interrupted'})
}
