import {KeptCommand, operationArg} from '../../cli/kept.ts'
import {connectionFlags} from '../../cli/shared-flags.ts'
import type {KeptOperation} from '../../operations/kept/kept-operation.ts'

export default class OperationsCancel extends KeptCommand {
  static override summary = 'End an operation; what is done stays done, and the rest stays as it is.'
  static override description =
    'A purge or an edit that was cancelled can be undone: "qtool operations undo".'
  static override examples = ['<%= config.bin %> operations cancel 3fa85f64c0d1e2ab']
  static override args = operationArg
  static override flags = connectionFlags

  async run(): Promise<KeptOperation> {
    const parsed = await this.parse(OperationsCancel)
    const {cancelOperation} = await import('../../operations/kept/steer.ts')
    return this.step(parsed, cancelOperation)
  }
}
