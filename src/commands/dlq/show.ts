import {Args} from '@oclif/core'
import {groupFlag, recordsFlags} from '../../cli/letters.ts'
import {OperationCommand} from '../../cli/operation.ts'
import {connectionFlags, queueFlag, readFromFlag} from '../../cli/shared-flags.ts'
import {usageError} from '../../errors.ts'
import type {ShowInput, ShowResult} from '../../operations/show-letter.ts'

export default class DlqShow extends OperationCommand<ShowResult> {
  static override summary = 'Show one dead letter in full: why it failed, and its exact payload.'
  static override description = 'With --group, shows the newest letter of that line of "qtool dlq list".'
  static override examples = [
    '<%= config.bin %> dlq show 89a1e82e-99e1-4ef5-aed7-448ebcb1b49d:0',
    '<%= config.bin %> dlq show --group pz15w3',
  ]
  static override args = {
    id: Args.string({
      ignoreStdin: true,
      description: 'Id, as shown by dlq list; the queue is named with -q.',
    }),
  }
  static override flags = {...connectionFlags, ...readFromFlag, ...queueFlag, ...groupFlag, ...recordsFlags}

  protected override readonly isVerbatim = true

  async run(): Promise<ShowResult> {
    const {args, flags} = await this.parse(DlqShow)
    const settings = await this.settings(flags)
    const {showLetter} = await import('../../operations/show-letter.ts')
    const {underReadFrom} = await import('../../render/replica.ts')
    const {renderLetter} = await import('../../render/letters.ts')
    const result = await showLetter(this.caller(settings), inputOf(args.id, flags.group))
    this.log(underReadFrom(result.readFrom, renderLetter(result)))
    return result
  }
}

/** @throws QtoolError (usage) unless one of them is given */
function inputOf(id: string | undefined, group: string | undefined): ShowInput {
  if (id !== undefined && group === undefined) return {id}
  if (group !== undefined && id === undefined) return {group}
  throw usageError('give either the id of a dead letter or --group', 'qtool dlq list shows both')
}
