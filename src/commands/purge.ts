import {Flags} from '@oclif/core'
import {OperationCommand, planFlag} from '../cli/operation.ts'
import {connectionFlags, payloadFlag, queueArg, queueFlag} from '../cli/shared-flags.ts'
import {whereFlag} from '../cli/where.ts'
import type {PurgeResult} from '../operations/purge.ts'

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
  static override args = queueArg
  static override flags = {
    ...connectionFlags,
    ...queueFlag,
    ...payloadFlag,
    ...whereFlag,
    'dry-run': Flags.boolean({summary: 'Only count.'}),
    ...planFlag,
    yes: Flags.boolean({char: 'y', summary: 'Do not ask.'}),
  }

  async run(): Promise<PurgeResult> {
    const {flags} = await this.parse(Purge)
    const settings = await this.settings(flags)
    const {PURGE} = await import('../operations/purge.ts')
    const {purgeQuestion, renderItemPurge} = await import('../render/item-purge.ts')
    const signal = this.interruption()
    const how = {flags, ask: purgeQuestion}
    const {plan, result, dryRun} = await this.perform(this.caller(settings, signal), PURGE, flags, how)
    if (signal.aborted) this.endAs('interrupted')
    this.log(renderItemPurge(plan, result, {dryRun, isInterrupted: signal.aborted}))
    return result
  }
}
