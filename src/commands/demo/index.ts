import {Flags} from '@oclif/core'
import {DemoCommand} from '../../cli/demo.ts'
import {connectionFlags} from '../../cli/shared-flags.ts'
import type {DemoResult} from '../../operations/demo.ts'

export default class Demo extends DemoCommand<DemoResult> {
  static override summary = 'Run the main job once on real flights, and prove that nothing was lost.'
  static override description =
    `Starts the local stack unless other servers are configured, enqueues 50,000 track points of real flights, of which
1,000 are invalid, drains them into a table with a foreign key, counts everything in Redis and Postgres, and prints
the ledger. Uses its own queue and schema, both called qtool_demo, which it recreates each time.`
  static override examples = ['<%= config.bin %> demo']
  static override flags = {
    ...connectionFlags,
    workers: Flags.integer({
      char: 'w',
      min: 1,
      max: 500,
      default: 10,
      summary: 'Leases processed in parallel.',
    }),
  }

  async run(): Promise<DemoResult> {
    const {flags} = await this.parse(Demo)
    const result = await this.withServers(flags, async (caller, report) => {
      const {demo} = await import('../../operations/demo.ts')
      return demo(caller, {records: 50_000, bad: 1000, workers: flags.workers, report})
    })
    const {renderDemo} = await import('../../render/demo.ts')
    if (!result.conserved) this.endAs('check')
    this.log(renderDemo(result, this.width))
    this.note('\nlook around: qtool, qtool inspect qtool_demo, qtool dlq list qtool_demo, qtool demo night')
    this.note('the two servers keep running; qtool down stops them')
    return result
  }
}
