import {Flags} from '@oclif/core'
import {connectionFlags, queueFlag} from '../../cli/command.ts'
import {bulkFlags, recordsFlag} from '../../cli/letters.ts'
import {OperationCommand} from '../../cli/operation.ts'
import type {PurgeResult} from '../../letters/run-purge.ts'

interface DlqPurgeResult extends PurgeResult {
  queue: string
  /** Dead letters that matched the filter when they were counted. */
  matched: number
  /** Dead letters of the queue afterwards. */
  remaining: number
}

export default class DlqPurge extends OperationCommand<DlqPurgeResult> {
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
    const {perform} = await import('../../operations/operation.ts')
    const {PURGE_LETTERS} = await import('../../operations/purge-letters.ts')
    const {letterPurgeQuestion, renderPurge} = await import('../../render/letters.ts')
    const signal = this.interruption()
    const consent = this.consent(flags, letterPurgeQuestion)
    const {plan, result} = await perform(this.caller(settings, signal), PURGE_LETTERS, flags, consent)
    if (signal.aborted) this.endAs('interrupted')
    const {queue, affected: matched, deadLetters: remaining} = plan
    const purge = {queue, matched, ...(result ?? {purged: 0, trash: null, remaining})}
    this.log(renderPurge(purge, consent))
    return purge
  }
}
