import {Flags} from '@oclif/core'
import {KeptCommand, operationArg} from '../../cli/kept.ts'
import {connectionFlags} from '../../cli/shared-flags.ts'
import type {KeptOperation} from '../../operations/kept/kept-operation.ts'

export default class OperationsApply extends KeptCommand {
  static override summary = 'Let a planned operation run, if it would affect exactly what was planned.'
  static override description =
    `Reads again what it would affect, and refuses with exit code 6 if that is not exactly what was planned. A process that
carries operations on then runs it: "qtool serve", or "qtool operations run".`
  static override examples = ['<%= config.bin %> operations apply 3fa85f64c0d1e2ab']
  static override args = operationArg
  static override flags = {
    ...connectionFlags,
    yes: Flags.boolean({char: 'y', summary: 'Do not ask.'}),
  }

  async run(): Promise<KeptOperation> {
    const {args, flags} = await this.parse(OperationsApply)
    const settings = await this.settings(flags)
    const {readOperation} = await import('../../operations/kept/find.ts')
    const {applyOperation} = await import('../../operations/kept/steer.ts')
    const caller = await this.callerOfOperation(settings, args.id)
    caller.actor.assertMayWrite()
    const {plan} = await readOperation(caller, args.id)
    await this.confirm(plan.ask, flags)
    const operation = await applyOperation(caller, args.id, 'the command line')
    await this.noteIfNobodyRuns(caller, operation)
    await this.print(operation)
    return operation
  }
}
