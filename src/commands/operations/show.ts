import {KeptCommand, operationArg} from '../../cli/kept.ts'
import {connectionFlags} from '../../cli/shared-flags.ts'
import type {KeptOperation} from '../../operations/kept/kept-operation.ts'

export default class OperationsShow extends KeptCommand {
  static override summary = 'Show a kept operation: its plan, how far it is, and what came of it.'
  static override examples = ['<%= config.bin %> operations show 3fa85f64c0d1e2ab']
  static override args = operationArg
  static override flags = connectionFlags

  async run(): Promise<KeptOperation> {
    const {args, flags} = await this.parse(OperationsShow)
    const settings = await this.settings(flags)
    const {readOperation} = await import('../../operations/kept/find.ts')
    const operation = await readOperation(await this.callerOfOperation(settings, args.id), args.id)
    await this.print(operation)
    return operation
  }
}
