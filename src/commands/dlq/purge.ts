import {Flags, type Interfaces} from '@oclif/core'
import type {Redis} from 'ioredis'
import {connectionFlags, queueFlag} from '../../cli/command.ts'
import {bulkFlags, LetterCommand, type Letters, recordsFlag} from '../../cli/letters.ts'
import type {PurgeResult} from '../../letters/run-purge.ts'

interface DlqPurgeResult extends PurgeResult {
  queue: string
  /** Dead letters that matched the filter when they were counted. */
  matched: number
  /** Dead letters of the queue afterwards. */
  remaining: number
}

export default class DlqPurge extends LetterCommand<DlqPurgeResult> {
  static override summary = 'Remove dead letters; "qtool undo" restores them for 24 hours.'
  static override description =
    'Removes only the letters that it counted; those that arrive while it asks for confirmation are kept.'
  static override examples = [
    '<%= config.bin %> dlq purge --older-than 7d',
    '<%= config.bin %> dlq purge --reason malformed --dry-run',
  ]
  static override flags = {
    ...connectionFlags,
    ...queueFlag,
    ...bulkFlags,
    ...recordsFlag,
    'dry-run': Flags.boolean({summary: 'Only count.'}),
    yes: Flags.boolean({char: 'y', summary: 'Do not ask.'}),
  }

  async run(): Promise<DlqPurgeResult> {
    const {flags} = await this.parse(DlqPurge)
    const settings = await this.settings(flags)
    if (!flags['dry-run']) this.writing(settings)
    const {firstFilterFlag} = await import('../../queue/letters/filter-flags.ts')
    const isAll = firstFilterFlag(flags) === undefined
    const result = await this.withRedis(settings, async (redis) => {
      const letters = await this.findLetters(redis, settings, {flags, use: 'change'})
      const done = await this.#purge(redis, letters, {flags, isAll})
      return {queue: letters.queue, ...done, remaining: await redis.zcard(letters.keys.dead)}
    })
    const {renderPurge} = await import('../../render/letters.ts')
    this.log(renderPurge(result, {dryRun: flags['dry-run']}))
    return result
  }

  async #purge(
    redis: Redis,
    {queue, keys, planned: filter, settings}: Letters,
    {flags, isAll}: {flags: PurgeFlags; isAll: boolean},
  ): Promise<PurgeResult & {matched: number}> {
    const {countPurge, runPurge} = await import('../../letters/run-purge.ts')
    const {describeFilter} = await import('../../queue/letters/filter-flags.ts')
    const {freeOldTrash} = await import('../../queue/trash.ts')
    const {plural} = await import('../../render/format.ts')
    const signal = this.interruption()
    const progress = await this.progress('counting')
    const onProgress = (read: number) => progress.update(`counting: ${read} letters read`)
    const counting = countPurge(redis, keys, {filter, isAll, signal, onProgress})
    const matched = await counting.finally(progress.stop)
    if (signal.aborted) this.endAs('interrupted')
    if (matched === 0 || flags['dry-run'] || signal.aborted) return {matched, purged: 0, trash: null}
    await this.confirm(
      `purge ${isAll ? 'all ' : ''}${plural(matched, 'dead letter')} of queue ${queue}`,
      flags,
    )
    await freeOldTrash(redis, keys)
    const did = {action: 'dlq purge', filter: describeFilter(flags)}
    return this.audited(redis, settings, did, async (audit) => {
      const onPurged = (count: number) => {
        audit.count += count
      }
      const done = await runPurge(redis, keys, {filter, isAll, counted: matched, signal, onPurged})
      audit.interrupted = signal.aborted
      if (signal.aborted) this.endAs('interrupted')
      return {matched, ...done}
    })
  }
}

type PurgeFlags = Interfaces.InferredFlags<typeof DlqPurge.flags>
