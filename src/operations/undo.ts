import {QtoolError} from '../errors.ts'
import type {Stage} from '../progress/stage.ts'
import type {Trash} from '../queue/trash-list.ts'
import {KIND_WORDS} from '../render/trash-words.ts'
import {change} from './change.ts'
import type {Caller, Context} from './context.ts'
import {requireQueue} from './known-queue.ts'

export interface Undone {
  /** The purge or edit that was undone. */
  chosen: Trash
  /** Items or dead letters restored; fewer than were removed if identical ones have arrived since. */
  restored: number
  /** What can still be restored. */
  trash: Trash[]
}

/** What can be restored, newest first. */
export async function listUndoable(caller: Caller): Promise<Trash[]> {
  return caller.withQueue(async (context) => {
    const trash = await context.queue.trash()
    if (trash.length === 0) await requireQueue(context.queue)
    return trash
  })
}

/**
 * Restores what a purge removed, or what an edit replaced.
 * @param id of the purge or edit; the latest if left out
 * @throws QtoolError (usage) if there is nothing to undo
 */
export async function undo(caller: Caller, {id}: {id?: string}): Promise<Undone> {
  caller.actor.assertMayWrite()
  return caller.withQueue((context) => restore(context, id))
}

async function restore(context: Context, id: string | undefined): Promise<Undone> {
  const {queue, signal, withProgress} = context
  const trash = await queue.trash()
  const chosen = id === undefined ? trash[0] : trash.find((one) => one.id === id)
  if (!chosen) {
    await requireQueue(queue)
    throw nothingToUndo(queue.name, id)
  }
  const restored = await change(context, {action: 'undo', filter: chosen.id}, (progress) =>
    withProgress(restoring(chosen, 0), async (report) => {
      const onRestored = (count: number) => {
        progress.count += count
        report(restoring(chosen, progress.count))
      }
      return queue.restore(chosen, signal, {onRestored})
    }),
  )
  return {chosen, restored, trash: await queue.trash()}
}

/** A stage that restores a trash. @param done items or letters that are back */
export function restoring({id, kind, count: total}: Trash, done: number): Stage {
  const unit = KIND_WORDS[kind]
  // By its id, since another purge may be the latest by then
  const continued = () => ({args: [id], flags: {last: null}})
  return {
    doing: 'restoring',
    unit,
    done,
    total,
    continued,
    did: {verb: 'restored', count: done, unit, of: total},
  }
}

function nothingToUndo(queue: string, id: string | undefined) {
  const what = id === undefined ? 'nothing to undo' : `nothing to undo with the id ${id}`
  return new QtoolError(`queue ${queue}: ${what}`, {
    code: 'NO_TRASH',
    kind: 'usage',
    suggestions: [`qtool undo -q ${queue} lists what can be restored`],
  })
}
