import {Flags} from '@oclif/core'
import {duration} from '../../cli/flags.ts'
import {OperationCommand} from '../../cli/operation.ts'
import {connectionFlags, queueArg, queueFlag} from '../../cli/shared-flags.ts'
import type {RebalancePlan, RebalanceResult} from '../../operations/shards.ts'

export default class ShardsRebalance extends OperationCommand<RebalanceResult> {
  static override summary = 'Spread a queue over another number of shards, while producers and workers run.'
  static override description =
    `Moves every item and dead letter to the shard where it belongs. Nothing is lost or duplicated, even if it is killed: the same
command goes on. A queue with --shard-by keeps the order of each key: workers take nothing new until everything is in
its place, and producers go on meanwhile. A queue that is not spread yet is spread.`
  static override examples = [
    '<%= config.bin %> shards rebalance -q points --shards 4',
    '<%= config.bin %> shards rebalance -q orders --shards 3 --shard-by customer --yes',
  ]
  static override args = queueArg
  static override flags = {
    ...connectionFlags,
    ...queueFlag,
    shards: Flags.integer({required: true, min: 1, max: 256, summary: 'New number of shards.'}),
    'shard-by': Flags.string({
      summary: 'Field that decides the shard, for a queue without shards.',
      helpValue: 'PATH',
    }),
    'shard-order': Flags.option({
      options: ['free', 'strict'] as const,
      summary: 'Whether workers take one lease of a shard at a time (strict), for a queue without shards.',
    })(),
    wait: duration({default: '1m', summary: 'How long to wait for leases that workers hold.'}),
    'dry-run': Flags.boolean({summary: 'Only count.'}),
    yes: Flags.boolean({char: 'y', summary: 'Do not ask.'}),
  }

  async run(): Promise<RebalanceResult> {
    const {flags} = await this.parse(ShardsRebalance)
    const settings = await this.settings(flags)
    const {rebalance} = await import('../../operations/shards.ts')
    const {rebalanceQuestion, renderRebalance} = await import('../../render/shards.ts')
    const confirm = (plan: RebalancePlan) => this.confirm(rebalanceQuestion(plan), flags)
    const how = {dryRun: flags['dry-run'], confirm}
    const result = await rebalance(this.caller(settings, this.interruption()), flags, how)
    this.log(renderRebalance(result))
    return result
  }
}
