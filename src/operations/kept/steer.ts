import {QtoolError} from '../../errors.ts'
import type {StateChange} from '../../queue/operation-book/change.ts'
import type {StoredOperation} from '../../queue/operation-book/read.ts'
import type {Caller, Context} from '../context.ts'
import {assertSame} from '../plans/apply.ts'
import {requireOperation} from './find.ts'
import {canUndo, type KeptOperation, planOf, viewOf} from './kept-operation.ts'
import {KINDS} from './kinds.ts'
import {withNamed} from './propose.ts'

/**
 * Lets an operation run, if it would affect exactly what was planned: a runner then carries it out.
 * @param through how it was asked for, for the audit, such as `qtool serve`
 * @throws QtoolError (refused) if the queue has drifted, or the actor may not write
 */
export function applyOperation(caller: Caller, id: string, through: string): Promise<KeptOperation> {
  return steer(caller, id, async (context, stored) => {
    const {file} = planOf(stored)
    if (stored.state === 'planned') {
      const asked = {...context, mapping: withNamed(context.mapping, file.mapping)}
      const found = await KINDS[file.operation].recount(asked, file)
      if (context.signal.aborted) throw interrupted()
      assertSame(file, found)
      const said = `${KINDS[file.operation].describe(file)}, as planned at ${file.madeAt} by ${file.madeBy}`
      await begin(context, id, {action: file.operation, filter: `${said}, through ${through}`})
    }
    return {from: ['planned'], to: 'running', fields: {actor: context.actor.who}}
  })
}

/** Stops an operation where it is, until it is resumed. @throws QtoolError (refused) unless it runs */
export function pauseOperation(caller: Caller, id: string): Promise<KeptOperation> {
  return steer(caller, id, async () => ({from: ['running'], to: 'paused'}))
}

/** @throws QtoolError (refused) unless it is paused */
export function resumeOperation(caller: Caller, id: string): Promise<KeptOperation> {
  return steer(caller, id, async () => ({from: ['paused'], to: 'running'}))
}

/** Ends an operation; what is done stays done. @throws QtoolError (refused) if it has ended */
export function cancelOperation(caller: Caller, id: string): Promise<KeptOperation> {
  return steer(
    caller,
    id,
    async () => ({from: ['planned', 'running', 'paused'], to: 'cancelled'}),
    async ({audit}, {startedAt, done}) => {
      if (startedAt !== null) await audit.end(id, 'interrupted', done)
    },
  )
}

/** Has put back what a purge removed or an edit replaced. @throws QtoolError (refused) if that cannot be undone */
export function undoOperation(caller: Caller, id: string): Promise<KeptOperation> {
  return steer(caller, id, async (context, stored) => {
    if (canUndo(stored)) await begin(context, undoRun(id), {action: 'undo', filter: id})
    else if (stored.state !== 'undoing') throw cannotUndo(stored)
    return {from: ['done', 'failed', 'cancelled'], to: 'undoing'}
  })
}

/** Id of the undo of an operation in the audit. */
export function undoRun(id: string): string {
  return `${id}.undo`
}

/** Changes the state of an operation. A repeated call finds it changed, and returns it as it is. */
async function steer(
  caller: Caller,
  id: string,
  plan: (context: Context, stored: StoredOperation) => Promise<StateChange>,
  after: (context: Context, stored: StoredOperation) => Promise<void> = async () => {},
): Promise<KeptOperation> {
  caller.actor.assertMayWrite()
  return caller.withQueue(async (context) => {
    const before = await requireOperation(context, id)
    const step = await plan(context, before)
    const state = await context.queue.operations.change(id, step)
    const stored = await requireOperation(context, id)
    if (state !== step.to) throw wrongState(stored, step)
    if (before.state !== step.to) await after(context, stored)
    return viewOf(stored)
  })
}

async function begin(
  {actor, audit, queue}: Context,
  run: string,
  did: {action: string; filter: string},
): Promise<void> {
  await audit.begin(run, {...did, who: actor.who, queue: queue.name, profile: actor.profile})
}

function interrupted(): QtoolError {
  return new QtoolError('interrupted; nothing was changed', {code: 'INTERRUPTED', kind: 'interrupted'})
}

function wrongState({id, state}: StoredOperation, {from, to}: StateChange): QtoolError {
  return new QtoolError(`operation ${id} is ${state}; only one that is ${from.join(' or ')} becomes ${to}`, {
    code: 'STATE',
    kind: 'refused',
    suggestions: [`nothing was changed; "qtool operations show ${id}" shows it`],
  })
}

function cannotUndo({id, state, action}: StoredOperation): QtoolError {
  const why =
    action === 'dlq replay'
      ? 'a replay cannot be undone: workers may have written its items'
      : state === 'running' || state === 'paused'
        ? `it is ${state}; "qtool operations cancel ${id}" ends it first`
        : 'there is nothing of it in the trash; what was purged or edited is kept for 24 hours'
  return new QtoolError(`operation ${id}: ${why}`, {
    code: 'STATE',
    kind: 'refused',
    suggestions: ['nothing was changed'],
  })
}
