import {KeptCommand, operationArg} from '../../cli/kept.ts'
import {connectionFlags} from '../../cli/shared-flags.ts'
import type {KeptOperation} from '../../operations/kept/kept-operation.ts'

export default class OperationsResume extends KeptCommand {
  static override summary = 'Let a paused operation go on where it was.'
  static override description = 'The process that carries operations on takes it within a few seconds.'
  static override examples = ['<%= config.bin %> operations resume 3fa85f64c0d1e2ab']
  static override args = operationArg
  static override flags = connectionFlags

  async run(): Promise<KeptOperation> {
    const parsed = await this.parse(OperationsResume)
    const {resumeOperation} = await import('../../operations/kept/steer.ts')
    return this.step(parsed, resumeOperation)
  }
}
