import {Args, Flags} from '@oclif/core'
import {OperationCommand} from '../cli/operation.ts'
import {connectionFlags, queueFlag} from '../cli/shared-flags.ts'
import {assertNoIdleFlags} from '../config/idle-flags.ts'
import type {Trash} from '../queue/trash-list.ts'

interface UndoResult {
  queue: string
  /** Items or dead letters restored; fewer than were removed if identical ones have arrived since. */
  restored: number
  /** What can still be restored. */
  trash: Trash[]
}

export default class Undo extends OperationCommand<UndoResult> {
  static override summary =
    'Restore what a purge removed, or what an edit replaced; without an id, list what can be restored.'
  static override description =
    'Restored items join those that have arrived since. If interrupted, run it again: the rest is still in the trash.'
  static override examples = ['<%= config.bin %> undo -q orders', '<%= config.bin %> undo 3fa85f64 -q orders']
  static override args = {
    id: Args.string({
      ignoreStdin: true,
      description: 'Id, as shown by purge and by this list; the queue is named with -q.',
    }),
  }
  static override flags = {
    ...connectionFlags,
    ...queueFlag,
    yes: Flags.boolean({char: 'y', summary: 'Do not ask; undo never does.'}),
    last: Flags.boolean({summary: 'Undo the latest purge or edit.'}),
  }

  async run(): Promise<UndoResult> {
    const parsed = await this.parse(Undo)
    const {args, flags} = parsed
    assertNoIdleFlags(parsed, {last: args.id !== undefined && 'with an id'})
    const settings = await this.settings(flags)
    const {listUndoable, undo} = await import('../operations/undo.ts')
    const {renderTrash, renderUndone} = await import('../render/trash.ts')
    const queue = settings.queue.value
    if (args.id === undefined && !flags.last) {
      const trash = await listUndoable(this.caller(settings))
      this.log(renderTrash(queue, trash))
      return {queue, restored: 0, trash}
    }
    const signal = this.interruption()
    const undone = await undo(this.caller(settings, signal), args)
    if (signal.aborted) this.endAs('interrupted')
    this.log(renderUndone(queue, undone, {interrupted: signal.aborted}))
    return {queue, restored: undone.restored, trash: undone.trash}
  }
}
