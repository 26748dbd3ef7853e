import {randomBytes} from 'node:crypto'
import {QtoolError} from '../../errors.ts'
import type {Mapping} from '../../queue/binding.ts'
import type {Caller} from '../context.ts'
import {requireQueue} from '../known-queue.ts'
import type {PlanFile, PlannedAction} from '../plans/shape.ts'
import {requireOperation} from './find.ts'
import {type KeptOperation, viewOf} from './kept-operation.ts'
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
    const id = randomBytes(8).toString('hex')
    await queue.operations.create({id, action, plan})
    return viewOf(await requireOperation(context, id))
  })
}

/** A mapping with what a plan names. */
export function withNamed(mapping: Mapping, {table, records, rename}: PlanFile['mapping']): Mapping {
  return {
    table: table === undefined ? mapping.table : {value: table, source: 'flag'},
    records: records === undefined ? mapping.records : {value: records, source: 'flag'},
    rename: rename ?? mapping.rename,
  }
}

function interrupted(): QtoolError {
  return new QtoolError('interrupted; nothing was kept', {code: 'INTERRUPTED', kind: 'interrupted'})
}
