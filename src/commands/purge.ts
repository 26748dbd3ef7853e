import {Flags} from '@oclif/core'
import {connectionFlags, QtoolCommand, queueFlag} from '../cli/command.ts'

interface PurgeResult {
  queue: string
  purged: number
  /** For `qtool undo`; null if nothing was purged. */
  trash: string | null
  /** RFC 3339. */
  until: string | null
}

export default class Purge extends QtoolCommand<PurgeResult> {
  static override summary = 'Remove all ready items from a queue; "qtool undo" restores them for 24 hours.'
  static override description =
    'Takes the same time for a million items as for one. Leases held by workers and dead letters are kept; for dead letters see "qtool dlq purge".'
  static override examples = ['<%= config.bin %> purge -q orders', '<%= config.bin %> purge -q orders --yes']
  static override flags = {
    ...connectionFlags,
    ...queueFlag,
    'dry-run': Flags.boolean({summary: 'Only count.'}),
    yes: Flags.boolean({char: 'y', summary: 'Do not ask.'}),
  }

  async run(): Promise<PurgeResult> {
    const {flags} = await this.parse(Purge)
    const settings = await this.settings(flags)
    if (!flags['dry-run']) this.writing(settings)
    const {requireQueue} = await import('../cli/known-queue.ts')
    const {queueKeys} = await import('../redis/keys.ts')
    const {freeOldTrash, purgeAll} = await import('../queue/trash.ts')
    const {count, plural} = await import('../render/format.ts')
    const queue = settings.queue.value
    const keys = queueKeys(queue)
    return this.withRedis(settings, async (redis) => {
      await requireQueue(redis, queue)
      const [ready, leases] = await Promise.all([redis.zcard(keys.ready), redis.zcard(keys.leases)])
      const kept =
        leases > 0 ? `; ${plural(leases, 'lease')} held by workers ${leases === 1 ? 'stays' : 'stay'}` : ''
      if (ready === 0 || flags['dry-run']) {
        this.log(
          `queue ${queue}: ${plural(ready, 'ready item')} ${ready === 0 ? 'to purge' : 'would be purged'}${kept}`,
        )
        return {queue, purged: 0, trash: null, until: null}
      }
      await this.confirm(`purge ${plural(ready, 'ready item')} of queue ${queue}${kept}`, flags)
      await freeOldTrash(redis, keys)
      const trash = await this.audited(redis, settings, {action: 'purge', filter: 'all'}, async (audit) => {
        const found = await purgeAll(redis, keys, 'ready')
        audit.count = found?.count ?? 0
        return found
      })
      const purged = trash?.count ?? 0
      const counted =
        purged === ready
          ? ''
          : ` (${count(ready)} when it was counted; producers and workers went on meanwhile)`
      const undo = trash ? `\n"qtool undo ${trash.id} -q ${queue}" restores them until ${trash.until}` : ''
      this.log(`queue ${queue}: ${plural(purged, 'ready item')} purged${counted}${kept}${undo}`)
      return {queue, purged, trash: trash?.id ?? null, until: trash?.until ?? null}
    })
  }
}
