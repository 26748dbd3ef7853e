import {Flags} from '@oclif/core'
import {OperationCommand} from '../cli/operation.ts'
import {connectionFlags, queueArg} from '../cli/shared-flags.ts'
import type {AuditResult} from '../operations/audit.ts'

/** How many operations are read if nobody says. */
const USUAL = 20

export default class Audit extends OperationCommand<AuditResult> {
  static override summary = 'Show manual operations on queues: who, when, with which filter, on how many.'
  static override description =
    'Purges, replays, edits, pauses and the like; about the last 10,000 of this Redis. An operation is recorded before it begins, so one that was killed stays "started".'
  static override examples = ['<%= config.bin %> audit', '<%= config.bin %> audit -q orders -n 100']
  static override args = queueArg
  static override flags = {
    ...connectionFlags,
    queue: Flags.string({char: 'q', summary: 'Only operations on this queue.', helpValue: 'NAME'}),
    limit: Flags.integer({
      char: 'n',
      min: 1,
      max: 10_000,
      summary: 'Operations to show (default: 20, or as many of them as a terminal has room for).',
    }),
  }

  async run(): Promise<AuditResult> {
    const {flags} = await this.parse(Audit)
    const settings = await this.settings(flags)
    const {audit} = await import('../operations/audit.ts')
    const {renderAudit} = await import('../render/audit.ts')
    const {limit = USUAL, queue} = flags
    const result = await audit(this.caller(settings), {limit, queue})
    // Who says how many wants to see them
    const room = flags.limit === undefined ? this.room : Number.POSITIVE_INFINITY
    this.log(renderAudit(result.lines, {width: this.width, room}))
    return result
  }
}
