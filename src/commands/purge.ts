import {Flags, type Interfaces} from '@oclif/core'
import type {Redis} from 'ioredis'
import {connectionFlags, QtoolCommand, queueFlag} from '../cli/command.ts'
import {otherQueueNote, whereFlag} from '../cli/where.ts'
import type {Settings} from '../config/settings.ts'
import type {Trash} from '../queue/trash.ts'
import type {ItemFilter} from '../queue/zset/item-filter.ts'
import type {QueueKeys} from '../redis/keys.ts'

interface PurgeResult {
  queue: string
  /** Ready items that it counted before it asked. */
  matched: number
  purged: number
  /** For `qtool undo`; null if nothing was purged. */
  trash: string | null
  /** RFC 3339. */
  until: string | null
}

export default class Purge extends QtoolCommand<PurgeResult> {
  static override summary =
    'Remove ready items from a queue, all or those of a filter; "qtool undo" restores them for 24 hours.'
  static override description =
    'Without a filter, it takes the same time for a million items as for one. Leases held by workers and dead letters are kept; for dead letters see "qtool dlq purge".'
  static override examples = [
    '<%= config.bin %> purge -q orders',
    '<%= config.bin %> purge -q orders --yes',
    "<%= config.bin %> purge -q orders --where 'age>7d NOT payload.tenant:77' --dry-run",
  ]
  static override flags = {
    ...connectionFlags,
    ...queueFlag,
    ...whereFlag,
    'dry-run': Flags.boolean({summary: 'Only count.'}),
    yes: Flags.boolean({char: 'y', summary: 'Do not ask.'}),
  }

  async run(): Promise<PurgeResult> {
    const {flags} = await this.parse(Purge)
    const settings = await this.settings(flags)
    if (!flags['dry-run']) this.writing(settings)
    const {requireQueue} = await import('../cli/known-queue.ts')
    const {queueKeys} = await import('../redis/keys.ts')
    const {renderItemPurge} = await import('../render/item-purge.ts')
    const queue = settings.queue.value
    const keys = queueKeys(queue)
    const isFiltered = flags.where !== undefined
    const signal = this.interruption()
    const result = await this.withRedis(settings, async (redis) => {
      await requireQueue(redis, queue)
      const filter = isFiltered ? await this.#filter(redis, settings, flags.where ?? '') : undefined
      return this.#purge(redis, {settings, keys, filter}, flags, signal)
    })
    const dryRun = flags['dry-run']
    this.log(renderItemPurge(result, {dryRun, isFiltered, isInterrupted: signal.aborted}))
    const {queue: name, matched, purged, trash, until} = result
    return {queue: name, matched, purged, trash, until}
  }

  async #filter(redis: Redis, settings: Settings, where: string): Promise<ItemFilter> {
    const {readyFilter} = await import('../cli/ready-filter.ts')
    const filter = await readyFilter(redis, settings, where)
    const note = otherQueueNote(filter.expression, settings.queue.value)
    if (note) this.note(note)
    return filter
  }

  async #purge(
    redis: Redis,
    target: Target,
    flags: PurgeFlags,
    signal: AbortSignal,
  ): Promise<PurgeResult & {ready: number; leases: number}> {
    const {freeOldTrash} = await import('../queue/trash.ts')
    const {purgeQuestion} = await import('../render/item-purge.ts')
    const {settings, keys, filter} = target
    const queue = settings.queue.value
    const [ready, leases] = await Promise.all([redis.zcard(keys.ready), redis.zcard(keys.leases)])
    const matched = filter ? await this.#count(redis, keys, {filter, signal, ready}) : ready
    const counted = {queue, ready, leases, matched}
    if (signal.aborted) this.endAs('interrupted')
    if (matched === 0 || flags['dry-run'] || signal.aborted)
      return {...counted, purged: 0, trash: null, until: null}
    await this.confirm(purgeQuestion(counted), flags)
    await freeOldTrash(redis, keys)
    const trash = await this.#remove(redis, target, {where: flags.where, signal})
    return {...counted, purged: trash?.count ?? 0, trash: trash?.id ?? null, until: trash?.until ?? null}
  }

  async #count(
    redis: Redis,
    {ready: key}: QueueKeys,
    {filter, signal, ready}: {filter: ItemFilter; signal: AbortSignal; ready: number},
  ): Promise<number> {
    const {countMatching} = await import('../queue/zset/purge-items.ts')
    const {count, plural} = await import('../render/format.ts')
    const progress = await this.progress('counting')
    const onProgress = (read: number, matched: number) =>
      progress.update(`counting: ${count(read)} of ${plural(ready, 'item')}, ${count(matched)} matched`)
    return countMatching(redis, key, {filter, signal, onProgress}).finally(progress.stop)
  }

  async #remove(
    redis: Redis,
    {settings, keys, filter}: Target,
    {where, signal}: {where: string | undefined; signal: AbortSignal},
  ): Promise<Trash | undefined> {
    const {shellWord} = await import('../config/shell-word.ts')
    const {purgeAll} = await import('../queue/trash.ts')
    const {purgeMatching} = await import('../queue/zset/purge-items.ts')
    const did = {action: 'purge', filter: where === undefined ? 'all' : `--where ${shellWord(where)}`}
    return this.audited(redis, settings, did, async (audit) => {
      const onPurged = (count: number) => {
        audit.count = count
      }
      const trash = filter
        ? await purgeMatching(redis, keys, {filter, signal, onPurged})
        : await purgeAll(redis, keys, 'ready')
      audit.count = trash?.count ?? 0
      audit.interrupted = signal.aborted
      if (signal.aborted) this.endAs('interrupted')
      return trash
    })
  }
}

interface Target {
  settings: Settings
  keys: QueueKeys
  filter: ItemFilter | undefined
}

type PurgeFlags = Interfaces.InferredFlags<typeof Purge.flags>
