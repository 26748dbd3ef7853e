import {Flags} from '@oclif/core'
import {connectionFlags, queueFlag} from '../cli/command.ts'
import {OperationCommand} from '../cli/operation.ts'
import {whereFlag} from '../cli/where.ts'

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

export default class Purge extends OperationCommand<PurgeResult> {
  static override summary =
    'Remove ready items from a queue, all or those of a filter; "qtool undo" restores them for 24 hours.'
  static override description =
    `Without a filter, it takes the same time for a million items as for one, and removes whatever is ready at that moment,
including items that arrive while it asks for confirmation; if their number has changed, it says so. Leases held by workers
and dead letters are kept; for dead letters see "qtool dlq purge".`
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
    const {perform} = await import('../operations/operation.ts')
    const {PURGE} = await import('../operations/purge.ts')
    const {purgeQuestion, renderItemPurge} = await import('../render/item-purge.ts')
    const signal = this.interruption()
    const consent = this.consent(flags, purgeQuestion)
    const {plan, result: trash} = await perform(this.caller(settings, signal), PURGE, flags, consent)
    if (signal.aborted) this.endAs('interrupted')
    this.log(renderItemPurge(plan, trash, {dryRun: consent.dryRun, isInterrupted: signal.aborted}))
    const {queue, affected: matched} = plan
    return {queue, matched, purged: trash?.count ?? 0, trash: trash?.id ?? null, until: trash?.until ?? null}
  }
}
