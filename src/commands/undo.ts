import {Args, Flags} from '@oclif/core'
import {connectionFlags, QtoolCommand, queueFlag} from '../command.ts'
import {usageError} from '../errors.ts'
import type {Trash} from '../queue/trash.ts'

interface UndoResult {
  queue: string
  /** Brought back; less than were purged where the same ones came since. */
  restored: number
  /** What can still be brought back. */
  trash: Trash[]
}

export default class Undo extends QtoolCommand<UndoResult> {
  static override summary = 'Bring back what a purge took away; without an id, list it.'
  static override description =
    'What came since stays as it is, and what was purged joins it. Stopped halfway, run it again: the rest is still there.'
  static override examples = ['<%= config.bin %> undo -q orders', '<%= config.bin %> undo 3fa85f64 -q orders']
  static override args = {
    id: Args.string({ignoreStdin: true, description: 'Id, as purge and this list say.'}),
  }
  static override flags = {
    ...connectionFlags,
    ...queueFlag,
    last: Flags.boolean({summary: 'Bring back the last purge.'}),
  }

  async run(): Promise<UndoResult> {
    const {args, flags} = await this.parse(Undo)
    const settings = await this.settings(flags)
    const {queueKeys} = await import('../redis/keys.ts')
    const {freeOldTrash, listTrash} = await import('../queue/trash.ts')
    const {undoPurge} = await import('../queue/undo-purge.ts')
    const {count} = await import('../render/format.ts')
    const {KIND_WORDS, renderTrash} = await import('../render/trash.ts')
    const queue = settings.queue.value
    const keys = queueKeys(queue)
    return this.withRedis(settings, async (redis) => {
      await freeOldTrash(redis, keys)
      const trash = await listTrash(redis, keys)
      const chosen = flags.last ? trash[0] : trash.find(({id}) => id === args.id)
      if (!chosen) {
        if (args.id !== undefined || flags.last) throw noSuchPurge(queue, args.id)
        this.log(renderTrash(queue, trash))
        return {queue, restored: 0, trash}
      }
      this.writing(settings)
      const signal = this.interruption()
      const restored = await undoPurge(redis, keys, chosen, signal)
      await this.audit(redis, settings, {action: 'undo', filter: chosen.id, count: restored})
      if (signal.aborted) this.endAs('interrupted')
      const same = signal.aborted
        ? ', the rest is still in the trash'
        : restored < chosen.count
          ? `, ${count(chosen.count - restored)} are there again already`
          : ''
      this.log(`queue ${queue}: ${count(restored)} ${KIND_WORDS[chosen.kind]} brought back${same}`)
      return {queue, restored, trash: await listTrash(redis, keys)}
    })
  }
}

function noSuchPurge(queue: string, id: string | undefined) {
  const what = id === undefined ? 'found none' : `found none that is ${id}`
  return usageError(`expected a purge of queue ${queue} that can be undone, ${what}`, 'qtool undo lists them')
}
