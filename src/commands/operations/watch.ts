import {KeptCommand, operationArg} from '../../cli/kept.ts'
import {connectionFlags} from '../../cli/shared-flags.ts'
import type {KeptOperation} from '../../operations/kept/kept-operation.ts'

export default class OperationsWatch extends KeptCommand {
  static override summary = 'Watch a kept operation until it is over; Ctrl-C ends only the watching.'
  static override examples = ['<%= config.bin %> operations watch 3fa85f64c0d1e2ab']
  static override args = operationArg
  static override flags = connectionFlags

  async run(): Promise<KeptOperation> {
    const {args, flags} = await this.parse(OperationsWatch)
    const settings = await this.settings(flags)
    const {followOperation, stageOf} = await import('../../operations/kept/follow.ts')
    const signal = this.interruption()
    const caller = await this.callerOfOperation(settings, args.id, signal)
    const operation = await caller.withProgress({doing: 'watching'}, (report) =>
      followOperation(caller, args.id, (now) => report(stageOf(now))),
    )
    if (signal.aborted) this.endAs('interrupted')
    else if (operation.state === 'failed') this.endAs('check')
    await this.print(operation)
    return operation
  }
}
