import {Flags} from '@oclif/core'
import {letterFlags, recordsFlags} from '../../cli/letters.ts'
import {OperationCommand} from '../../cli/operation.ts'
import {connectionFlags, queueArg, queueFlag, readFromFlag} from '../../cli/shared-flags.ts'
import type {ListResult} from '../../operations/list-letters.ts'

/** Letters in JSON, and values of --by. */
const USUAL = 20

export default class DlqList extends OperationCommand<ListResult> {
  static override summary = 'Show dead letters in groups by reason and error, the worst first.'
  static override description = [
    'Values are left out of the errors, so that the same fault with different values is one group. -n 20 lists single',
    'letters as well, the newest first. On a terminal, the worst groups are shown whole, and each of those for which there',
    'is no room in one line; --group shows one whole. Of more than 100,000 letters, without a filter, only the newest 5,000',
    'are grouped, which takes the same time however many there are; --all groups every letter. A filter by id or time',
    'reads only what it means; any other filter reads every letter.',
  ].join(' ')
  static override examples = [
    '<%= config.bin %> dlq list',
    '<%= config.bin %> dlq list --reason foreign_key --since 2h -n 50',
    "<%= config.bin %> dlq list --where 'code:23* NOT (payload.source:igc OR text:Alpine)'",
    "<%= config.bin %> dlq list --match 'device.id=7'",
    '<%= config.bin %> dlq list --group pz15w3 --by customer_no',
  ]
  static override args = queueArg
  static override flags = {
    ...connectionFlags,
    ...readFromFlag,
    ...queueFlag,
    ...letterFlags,
    ...recordsFlags,
    limit: Flags.integer({
      char: 'n',
      min: 0,
      max: 10_000,
      summary:
        'List the newest N letters below the groups (default with --json: 20), or N values of --by (default: 20).',
    }),
    by: Flags.string({
      summary: 'Count the values at this path of the payload, or of this field, in place of showing letters.',
      helpValue: 'PATH',
    }),
    all: Flags.boolean({summary: 'Group every dead letter, however many there are.'}),
  }

  async run(): Promise<ListResult> {
    const {flags} = await this.parse(DlqList)
    const settings = await this.settings(flags)
    const {listLetters} = await import('../../operations/list-letters.ts')
    const {underReadFrom} = await import('../../render/replica.ts')
    const {renderSurvey} = await import('../../render/letter-survey.ts')
    const {renderValues} = await import('../../render/letter-values.ts')
    const {limit, all, by, ...filter} = flags
    const signal = this.interruption()
    const input = {filter, show: limit ?? USUAL, all, by}
    const result = await listLetters(this.caller(settings, signal), input)
    if (signal.aborted) this.endAs('interrupted')
    const view = {width: this.width, height: this.height(settings), letters: limit, style: this.style}
    const text = result.by ? renderValues(result, result.by) : renderSurvey(result.queue, result, view)
    this.log(this.headed(settings, underReadFrom(result.readFrom, text)))
    return result
  }
}
