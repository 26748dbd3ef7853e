import {Flags} from '@oclif/core'
import type {Redis} from 'ioredis'
import {connectionFlags, letterFlags, QtoolCommand, queueFlag} from '../../command.ts'
import type {LetterFilter} from '../../queue/letter-filter.ts'
import type {QueueKeys} from '../../redis/keys.ts'

interface DlqPurgeResult {
  queue: string
  matched: number
  purged: number
  /** For `qtool undo`; null where nothing was purged. */
  trash: string | null
  remaining: number
}

export default class DlqPurge extends QtoolCommand<DlqPurgeResult> {
  static override summary = 'Take dead letters away; "qtool undo" brings them back for 24 hours.'
  static override examples = [
    '<%= config.bin %> dlq purge --older-than 7d',
    '<%= config.bin %> dlq purge --reason malformed --dry-run',
  ]
  static override flags = {
    ...connectionFlags,
    ...queueFlag,
    ...letterFlags,
    limit: Flags.integer({char: 'n', min: 1, summary: 'At most so many, oldest first.', helpGroup: 'FILTER'}),
    'dry-run': Flags.boolean({summary: 'Only count.'}),
    yes: Flags.boolean({char: 'y', summary: 'Do not ask.'}),
  }

  async run(): Promise<DlqPurgeResult> {
    const {flags} = await this.parse(DlqPurge)
    const settings = await this.settings(flags)
    if (!flags['dry-run']) this.writing(settings)
    const {describeFilter} = await import('../../queue/letter-filter.ts')
    const {freeOldTrash} = await import('../../queue/trash.ts')
    const {queueKeys} = await import('../../redis/keys.ts')
    const {plural} = await import('../../render/format.ts')
    const queue = settings.queue.value
    const keys = queueKeys(queue)
    return this.withRedis(settings, async (redis) => {
      const filter = await this.letterFilter(redis, flags)
      const isAll = describeFilter(flags) === 'all'
      const matched = isAll ? await redis.zcard(keys.dead) : await this.#count(redis, keys, filter)
      if (matched === 0 || flags['dry-run']) {
        const words =
          matched === 0 ? 'no dead letters to purge' : `${plural(matched, 'dead letter')} would be purged`
        this.log(`queue ${queue}: ${words}`)
        return {queue, matched, purged: 0, trash: null, remaining: await redis.zcard(keys.dead)}
      }
      const meant = isAll ? 'all ' : ''
      await this.confirm(`purge ${meant}${plural(matched, 'dead letter')} of queue ${queue}`, flags)
      await freeOldTrash(redis, keys)
      const {purged, trash} = isAll
        ? await purgeEvery(redis, keys)
        : await this.#purgeSome(redis, keys, filter)
      await this.audit(redis, settings, {action: 'dlq purge', filter: describeFilter(flags), count: purged})
      const undo = trash === null ? '' : `\n"qtool undo ${trash} -q ${queue}" brings them back for 24 hours`
      this.log(`queue ${queue}: ${plural(purged, 'dead letter')} purged${undo}`)
      return {queue, matched, purged, trash, remaining: await redis.zcard(keys.dead)}
    })
  }

  async #count(redis: Redis, keys: QueueKeys, filter: LetterFilter): Promise<number> {
    const {LetterScan} = await import('../../queue/letter-scan.ts')
    let count = 0
    for await (const letters of new LetterScan(redis, keys.dead, filter).pages()) count += letters.length
    return count
  }

  async #purgeSome(redis: Redis, keys: QueueKeys, filter: LetterFilter) {
    const {LetterScan} = await import('../../queue/letter-scan.ts')
    const {newTrashId, purgeLetters} = await import('../../queue/trash.ts')
    const signal = this.interruption()
    const id = newTrashId()
    const scan = new LetterScan(redis, keys.dead, filter)
    let purged = 0
    for await (const letters of scan.pages()) {
      const gone = await purgeLetters(redis, keys, id, letters)
      scan.removed(letters)
      purged += gone
      if (signal.aborted) {
        this.endAs('interrupted')
        break
      }
    }
    return {purged, trash: purged > 0 ? id : null}
  }
}

async function purgeEvery(redis: Redis, keys: QueueKeys) {
  const {purgeAll} = await import('../../queue/trash.ts')
  const trash = await purgeAll(redis, keys, 'dead')
  return {purged: trash?.count ?? 0, trash: trash?.id ?? null}
}
