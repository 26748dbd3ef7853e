import {KeptCommand, operationArg} from '../../cli/kept.ts'
import {connectionFlags} from '../../cli/shared-flags.ts'
import type {KeptOperation} from '../../operations/kept/kept-operation.ts'

export default class OperationsPause extends KeptCommand {
  static override summary = 'Stop an operation where it is, until "qtool operations resume".'
  static override description = 'It stops at once, whichever process carries it on; what is done stays done.'
  static override examples = ['<%= config.bin %> operations pause 3fa85f64c0d1e2ab']
  static override args = operationArg
  static override flags = connectionFlags

  async run(): Promise<KeptOperation> {
    const parsed = await this.parse(OperationsPause)
    const {pauseOperation} = await import('../../operations/kept/steer.ts')
    return this.step(parsed, pauseOperation)
  }
}
