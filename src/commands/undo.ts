import {Args, Flags} from '@oclif/core'
import {connectionFlags, QtoolCommand, queueFlag} from '../cli/command.ts'
import {assertNoIdleFlags} from '../config/idle-flags.ts'
import {usageError} from '../errors.ts'
import type {Trash} from '../queue/trash.ts'

interface UndoResult {
  queue: string
  /** Items or dead letters restored; fewer than were removed if identical ones have arrived since. */
  restored: number
  /** What can still be restored. */
  trash: Trash[]
}

export default class Undo extends QtoolCommand<UndoResult> {
  static override summary =
    'Restore what a purge removed, or what an edit replaced; without an id, list what can be restored.'
  static override description =
    'Restored items join those that have arrived since. If interrupted, run it again: the rest is still in the trash.'
  static override examples = ['<%= config.bin %> undo -q orders', '<%= config.bin %> undo 3fa85f64 -q orders']
  static override args = {
    id: Args.string({ignoreStdin: true, description: 'Id, as shown by purge and by this list.'}),
  }
  static override flags = {
    ...connectionFlags,
    ...queueFlag,
    last: Flags.boolean({summary: 'Undo the latest purge or edit.'}),
  }

  async run(): Promise<UndoResult> {
    const parsed = await this.parse(Undo)
    const {args, flags} = parsed
    assertNoIdleFlags(parsed, {last: args.id !== undefined && 'with an id'})
    const settings = await this.settings(flags)
    const {unknownQueueNote} = await import('../cli/known-queue.ts')
    const {queueKeys} = await import('../redis/keys.ts')
    const {undoEdit} = await import('../queue/letters/edit-letters.ts')
    const {listTrash} = await import('../queue/trash.ts')
    const {undoPurge} = await import('../queue/undo-purge.ts')
    const {count, plural} = await import('../render/format.ts')
    const {KIND_WORDS, renderTrash} = await import('../render/trash.ts')
    const queue = settings.queue.value
    const keys = queueKeys(queue)
    return this.withRedis(settings, async (redis) => {
      const trash = await listTrash(redis, keys)
      const chosen = flags.last ? trash[0] : trash.find(({id}) => id === args.id)
      if (!chosen) {
        if (args.id !== undefined || flags.last) throw noSuchPurge(queue, args.id)
        const note = await unknownQueueNote(redis, queue)
        if (note) this.note(note)
        this.log(renderTrash(queue, trash))
        return {queue, restored: 0, trash}
      }
      this.writing(settings)
      const signal = this.interruption()
      const did = {action: 'undo', filter: chosen.id}
      const restored = await this.audited(redis, settings, did, async (audit) => {
        const count = await (chosen.kind === 'edit'
          ? undoEdit(redis, keys, chosen.id, signal)
          : undoPurge(redis, keys, chosen, signal))
        Object.assign(audit, {count, interrupted: signal.aborted})
        return count
      })
      if (signal.aborted) this.endAs('interrupted')
      const same = signal.aborted
        ? '; interrupted, the rest is still in the trash'
        : restored < chosen.count
          ? chosen.kind === 'edit'
            ? `; ${count(chosen.count - restored)} stay in the trash: replayed, purged or edited again since, or identical to another letter`
            : `, ${count(chosen.count - restored)} already there`
          : ''
      this.log(`queue ${queue}: ${plural(restored, KIND_WORDS[chosen.kind])} restored${same}`)
      return {queue, restored, trash: await listTrash(redis, keys)}
    })
  }
}

function noSuchPurge(queue: string, id: string | undefined) {
  const what = id === undefined ? 'nothing to undo' : `nothing to undo with the id ${id}`
  return usageError(`queue ${queue}: ${what}`, `qtool undo -q ${queue} lists what can be restored`)
}
