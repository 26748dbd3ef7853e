import {Flags} from '@oclif/core'
import {bulkFlags, recordsFlags} from '../../cli/letters.ts'
import {OperationCommand, planFlag} from '../../cli/operation.ts'
import {connectionFlags, queueArg, queueFlag} from '../../cli/shared-flags.ts'
import type {PurgeLettersResult} from '../../operations/purge-letters.ts'

export default class DlqPurge extends OperationCommand<PurgeLettersResult> {
  static override summary = 'Remove dead letters; "qtool undo" restores them for 24 hours.'
  static override description =
    'Removes only the letters that it counted; those that arrive while it asks for confirmation are kept.'
  static override examples = [
    '<%= config.bin %> dlq purge --older-than 7d',
    '<%= config.bin %> dlq purge --reason malformed --dry-run',
  ]
  static override args = queueArg
  static override flags = {
    ...connectionFlags,
    ...queueFlag,
    ...bulkFlags,
    ...recordsFlags,
    'dry-run': Flags.boolean({summary: 'Only count.'}),
    ...planFlag,
    yes: Flags.boolean({char: 'y', summary: 'Do not ask.'}),
  }

  async run(): Promise<PurgeLettersResult> {
    const {flags} = await this.parse(DlqPurge)
    const settings = await this.settings(flags)
    const {PURGE_LETTERS} = await import('../../operations/purge-letters.ts')
    const {letterPurgeQuestion, renderPurge} = await import('../../render/letters.ts')
    const signal = this.interruption()
    const how = {flags, ask: letterPurgeQuestion}
    const {result, dryRun} = await this.perform(this.caller(settings, signal), PURGE_LETTERS, flags, how)
    if (signal.aborted) this.endAs('interrupted')
    this.log(renderPurge(result, {dryRun, isInterrupted: signal.aborted}))
    return result
  }
}
