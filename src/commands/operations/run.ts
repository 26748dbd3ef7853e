import {KeptCommand, operationArg} from '../../cli/kept.ts'
import {connectionFlags} from '../../cli/shared-flags.ts'
import {QtoolError} from '../../errors.ts'
import type {KeptOperation} from '../../operations/kept/kept-operation.ts'

export default class OperationsRun extends KeptCommand {
  static override summary = 'Carry an applied operation on in this process, where no "qtool serve" does.'
  static override description =
    'Ctrl-C gives it back, so that another process can go on; if this one is killed, another may take it after 15 seconds.'
  static override examples = ['<%= config.bin %> operations run 3fa85f64c0d1e2ab']
  static override args = operationArg
  static override flags = connectionFlags

  /** It knows by itself how far it is. */
  protected override continuing(): string {
    return super.continuing({})
  }

  async run(): Promise<KeptOperation> {
    const {args, flags} = await this.parse(OperationsRun)
    const settings = await this.settings(flags)
    const {carryOn} = await import('../../operations/kept/carry-on.ts')
    const {readOperation} = await import('../../operations/kept/find.ts')
    const {runnerName} = await import('../../operations/kept/runner.ts')
    const signal = this.interruption()
    const caller = await this.callerOfOperation(settings, args.id, signal)
    caller.actor.assertMayWrite()
    const carried = await carryOn(caller, args.id, {runner: runnerName(), signal})
    if (!carried) throw notTaken(await readOperation(caller, args.id))
    if (signal.aborted) this.endAs('interrupted')
    else if (carried.state === 'failed') this.endAs('check')
    await this.print(carried)
    return carried
  }
}

function notTaken({id, state, runner}: KeptOperation): QtoolError {
  const suggestions = runner
    ? ['if that process is gone, the operation is free within 15 seconds']
    : state === 'planned'
      ? [`qtool operations apply ${id} lets it run`]
      : state === 'paused'
        ? [`qtool operations resume ${id} lets it go on`]
        : []
  const message = `operation ${id} is ${state}${runner ? `, and ${runner} carries it on` : ''}`
  return new QtoolError(message, {code: 'STATE', kind: 'refused', suggestions})
}
