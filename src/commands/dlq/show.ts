import {Args} from '@oclif/core'
import {recordsFlags} from '../../cli/letters.ts'
import {OperationCommand} from '../../cli/operation.ts'
import {connectionFlags, queueFlag, readFromFlag} from '../../cli/shared-flags.ts'
import type {ShowResult} from '../../operations/show-letter.ts'

export default class DlqShow extends OperationCommand<ShowResult> {
  static override summary = 'Show one dead letter in full: why it failed, and its exact payload.'
  static override examples = ['<%= config.bin %> dlq show 89a1e82e-99e1-4ef5-aed7-448ebcb1b49d:0']
  static override args = {
    id: Args.string({required: true, ignoreStdin: true, description: 'Id, as shown by dlq list.'}),
  }
  static override flags = {...connectionFlags, ...readFromFlag, ...queueFlag, ...recordsFlags}

  async run(): Promise<ShowResult> {
    const {args, flags} = await this.parse(DlqShow)
    const settings = await this.settings(flags)
    const {showLetter} = await import('../../operations/show-letter.ts')
    const {renderLetter} = await import('../../render/letters.ts')
    const result = await showLetter(this.caller(settings), args)
    this.log(renderLetter(result))
    return result
  }
}
