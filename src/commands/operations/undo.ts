import {KeptCommand, operationArg} from '../../cli/kept.ts'
import {connectionFlags} from '../../cli/shared-flags.ts'
import type {KeptOperation} from '../../operations/kept/kept-operation.ts'

export default class OperationsUndo extends KeptCommand {
  static override summary = 'Put back what a purge removed, or what an edit replaced.'
  static override description =
    'Possible for 24 hours after its last change, once the operation is over. A replay cannot be undone.'
  static override examples = ['<%= config.bin %> operations undo 3fa85f64c0d1e2ab']
  static override args = operationArg
  static override flags = connectionFlags

  async run(): Promise<KeptOperation> {
    const parsed = await this.parse(OperationsUndo)
    const {undoOperation} = await import('../../operations/kept/steer.ts')
    return this.step(parsed, undoOperation)
  }
}
