import {Flags} from '@oclif/core'
import {connectionFlags, QtoolCommand, queueFlag} from '../command.ts'

interface PurgeResult {
  queue: string
  purged: number
  /** For `qtool undo`; null where nothing was purged. */
  trash: string | null
  /** RFC 3339. */
  until: string | null
}

export default class Purge extends QtoolCommand<PurgeResult> {
  static override summary = 'Take all ready items out of a queue; "qtool undo" brings them back for 24 hours.'
  static override description =
    'Takes as long for a million items as for one. Leases that workers hold and dead letters stay; for those see "qtool dlq purge".'
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
    const {queueKeys} = await import('../redis/keys.ts')
    const {freeOldTrash, purgeAll} = await import('../queue/trash.ts')
    const {count, plural} = await import('../render/format.ts')
    const queue = settings.queue.value
    const keys = queueKeys(queue)
    return this.withRedis(settings, async (redis) => {
      const [ready, leases] = await Promise.all([redis.zcard(keys.ready), redis.zcard(keys.leases)])
      const kept = leases > 0 ? `; ${plural(leases, 'lease')} that workers hold stay` : ''
      if (ready === 0 || flags['dry-run']) {
        this.log(
          `queue ${queue}: ${plural(ready, 'ready item')} ${ready === 0 ? 'to purge' : 'would be purged'}${kept}`,
        )
        return {queue, purged: 0, trash: null, until: null}
      }
      await this.confirm(`purge ${plural(ready, 'ready item')} of queue ${queue}${kept}`, flags)
      await freeOldTrash(redis, keys)
      const trash = await purgeAll(redis, keys, 'ready')
      const purged = trash?.count ?? 0
      await this.audit(redis, settings, {action: 'purge', filter: 'all', count: purged})
      this.log(
        `queue ${queue}: ${count(purged)} ready items purged${kept}${trash ? `\n"qtool undo ${trash.id} -q ${queue}" brings them back until ${trash.until}` : ''}`,
      )
      return {queue, purged, trash: trash?.id ?? null, until: trash?.until ?? null}
    })
  }
}
