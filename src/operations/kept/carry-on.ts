import {messageOf, QtoolError} from '../../errors.ts'
import type {CanaryResult} from '../../letters/canary.ts'
import {isNotHeld, type OperationHold} from '../../queue/operation-book/hold.ts'
import type {StoredOperation} from '../../queue/operation-book/read.ts'
import {isRedisAway} from '../../redis/failure.ts'
import {jsonError, viewError} from '../../render/error.ts'
import type {Caller, Context} from '../context.ts'
import {restoring} from '../undo.ts'
import {requireOperation} from './find.ts'
import {holdOn} from './hold-on.ts'
import {type KeptOperation, planOf, viewOf} from './kept-operation.ts'
import {KINDS, momentOf} from './kinds.ts'
import {withNamed} from './propose.ts'
import {undoRun} from './steer.ts'

/** How long a runner holds an operation; another one takes it over that long after its runner died. */
export const HELD_MS = 15_000

/** After how long an operation is tried again that could not go on because a server is away. */
const RETRY_MS = 3000

/**
 * Takes an operation that nobody carries on, and carries it on until it is over, somebody pauses or cancels it, or the
 * signal is aborted: then it is given back at once.
 * @param by.runner name of this process
 * @returns undefined if there was nothing to take
 * @throws QtoolError (connect) while a server is away: the operation waits
 */
export async function carryOn(
  caller: Caller,
  id: string,
  {runner, signal}: {runner: string; signal: AbortSignal},
): Promise<KeptOperation | undefined> {
  return caller.withQueue(async (context) => {
    const {operations} = context.queue
    const hold = await operations.take(id, {runner, lengthMs: HELD_MS})
    if (!hold) return undefined
    await holdOn({...context, signal}, hold, HELD_MS, (held) => attempt(held, hold))
    return viewOf(await requireOperation(context, id))
  })
}

/** Runs an operation under its hold, and writes down how it ended. */
async function attempt(context: Context, hold: OperationHold): Promise<void> {
  const stored = await requireOperation(context, hold.id)
  try {
    const result = await (stored.state === 'undoing' ? undo : run)(context, stored, hold)
    if (context.signal.aborted) await giveBack(context, hold, 0)
    else await finish(context, stored, hold, result)
  } catch (error) {
    if (isNotHeld(error)) return
    if (isRedisAway(error) || (error instanceof QtoolError && error.kind === 'connect')) {
      await giveBack(context, hold, RETRY_MS).catch(() => {})
      throw error
    }
    await fail(context, stored, hold, error)
  }
}

async function run(context: Context, stored: StoredOperation, hold: OperationHold): Promise<object> {
  const {file} = planOf(stored)
  const {operations} = context.queue
  const actor = {...context.actor, who: stored.actor}
  const mapping = withNamed(context.mapping, file.mapping)
  const onCanary = async (canary: CanaryResult) => {
    await operations.update(hold, {ms: HELD_MS, fields: {canary}})
  }
  return KINDS[file.operation].carryOn({...context, actor, mapping}, file.input, {
    ...{hold, onCanary, trash: stored.id, done: stored.done},
    moment: momentOf(file),
    affected: file.affected,
    canary: stored.canary as CanaryResult | null,
  })
}

async function undo(
  {queue, signal, withProgress}: Context,
  stored: StoredOperation,
  hold: OperationHold,
): Promise<object> {
  const trash = (await queue.trash()).find(({id}) => id === stored.id)
  const restored = trash
    ? await withProgress(restoring(trash, 0), (report) => {
        let done = 0
        const onRestored = (count: number) => {
          done += count
          report(restoring(trash, done))
        }
        return queue.restore(trash, signal, {hold, onRestored})
      })
    : 0
  return {...(stored.result as object | null), restored: stored.restored + restored}
}

async function giveBack({queue}: Context, hold: OperationHold, afterMs: number): Promise<void> {
  await queue.operations.update(hold, {ms: afterMs, givesBack: true})
}

/** The audit comes first: whoever takes over from a process that dies in between writes it again, and it counts once. */
async function finish(
  context: Context,
  {id, state}: StoredOperation,
  hold: OperationHold,
  result: object,
): Promise<void> {
  const {audit, queue} = context
  const {done, restored} = await requireOperation(context, id)
  if (state === 'undoing') {
    await audit.end(undoRun(id), 'done', restored)
    await queue.operations.change(id, {from: ['undoing'], to: 'undone', fields: {result}, hold})
    return
  }
  const stopped = 'aborted' in result && result.aborted === true
  const error = stopped ? jsonError(viewError(canaryFailed(id), String)).error : null
  await audit.end(id, 'done', done)
  await queue.operations.change(id, {
    from: ['running'],
    to: stopped ? 'failed' : 'done',
    fields: {result, error},
    hold,
  })
}

async function fail(
  context: Context,
  {id, state}: StoredOperation,
  hold: OperationHold,
  error: unknown,
): Promise<void> {
  const isUndo = state === 'undoing'
  const {done, restored} = await requireOperation(context, id)
  await context.audit.end(isUndo ? undoRun(id) : id, 'failed', isUndo ? restored : done)
  const fields = {error: jsonError(viewError(error, String)).error}
  await context.queue.operations.change(id, {from: ['running', 'undoing'], to: 'failed', fields, hold})
  context.note(`operation ${id} failed: ${messageOf(error)}`)
}

function canaryFailed(id: string): QtoolError {
  return new QtoolError(`operation ${id}: the canary failed, so nothing else was replayed`, {
    code: 'CANARY_FAILED',
    suggestions: ['"canary" of its result says how many failed again, and how many no worker took'],
  })
}
