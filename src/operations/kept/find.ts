import {QtoolError} from '../../errors.ts'
import {nearest} from '../../nearest.ts'
import type {StoredOperation} from '../../queue/operation-book/read.ts'
import type {Caller, Context} from '../context.ts'
import {requireQueue} from '../known-queue.ts'
import {type KeptOperation, viewOf} from './kept-operation.ts'

/** Makes a caller that asks about another queue of the same Redis. */
export type CallerOf = (queue: string) => Caller

/** Kept operations of one queue, or of every queue of this Redis; newest first. */
export async function listOperations(
  callerOf: CallerOf,
  {home, queue, limit}: {home: Caller; queue?: string; limit: number},
): Promise<KeptOperation[]> {
  const queues = queue === undefined ? await queuesWith(home) : [queue]
  const lists: KeptOperation[][] = []
  for (const name of queues) {
    const latest = await callerOf(name).withQueue((context) => context.queue.operations.latest(limit))
    lists.push(latest.map(viewOf))
  }
  const found = lists.flat()
  if (found.length === 0 && queue !== undefined)
    await callerOf(queue).withQueue((context) => requireQueue(context.queue))
  return found.sort((a, b) => b.createdAt.localeCompare(a.createdAt)).slice(0, limit)
}

async function queuesWith(home: Caller): Promise<string[]> {
  const homes = await home.withQueue((context) => context.queue.operations.homes())
  return [...new Set(Object.values(homes))].sort()
}

/** A caller that asks about the queue of an operation. @throws QtoolError (usage) `NO_OPERATION` */
export async function callerOfOperation(home: Caller, callerOf: CallerOf, id: string): Promise<Caller> {
  const queue = await home.withQueue(async (context) => {
    const found = await context.queue.operations.homeOf(id)
    if (found === undefined) throw await noSuchOperation(context, id)
    return found
  })
  return callerOf(queue)
}

/** @throws QtoolError (usage) `NO_OPERATION` */
export async function readOperation(caller: Caller, id: string): Promise<KeptOperation> {
  return caller.withQueue(async (context) => viewOf(await requireOperation(context, id)))
}

/** @throws QtoolError (usage) `NO_OPERATION` */
export async function requireOperation(context: Context, id: string): Promise<StoredOperation> {
  const stored = await context.queue.operations.read(id)
  if (stored) return stored
  throw await noSuchOperation(context, id)
}

async function noSuchOperation({queue}: Context, id: string): Promise<QtoolError> {
  const near = nearest(id, Object.keys(await queue.operations.homes()))
  return new QtoolError(`no operation ${JSON.stringify(id)} on this Redis`, {
    code: 'NO_OPERATION',
    kind: 'usage',
    suggestions: [
      ...(near === undefined || near === id ? [] : [`did you mean ${near}?`]),
      'qtool operations lists them; one that is over is kept for 7 days',
    ],
  })
}
