import {OperationCommand} from '../../cli/operation.ts'
import {connectionFlags, queueArg, queueFlag} from '../../cli/shared-flags.ts'
import type {ShardsStatus} from '../../queue/shards/shards.ts'

export default class ShardsStatusCommand extends OperationCommand<ShardsStatus> {
  static override summary = 'Show what each shard of a queue holds, and how evenly it is spread.'
  static override description =
    'Rates are measured over a second: in/s is what producers of qtool have put in, out/s what workers have written or set aside.'
  static override examples = ['<%= config.bin %> shards status -q points']
  static override args = queueArg
  static override flags = {...connectionFlags, ...queueFlag}

  async run(): Promise<ShardsStatus> {
    const {flags} = await this.parse(ShardsStatusCommand)
    const settings = await this.settings(flags)
    const {shardsStatus} = await import('../../operations/shards.ts')
    const {renderShards} = await import('../../render/shards.ts')
    const status = await shardsStatus(this.caller(settings))
    this.log(renderShards(status, this.width))
    return status
  }
}
