import {Flags} from '@oclif/core'
import {OperationCommand} from '../cli/operation.ts'
import {connectionFlags} from '../cli/shared-flags.ts'
import type {Settings} from '../config/settings.ts'
import type {DemoCaller, DemoResult} from '../operations/demo.ts'

export default class Demo extends OperationCommand<DemoResult> {
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
    const progress = await this.progress('starting the local stack')
    const result = await this.#demo(flags, progress.update).finally(progress.stop)
    const {renderDemo} = await import('../render/demo.ts')
    if (!result.conserved) this.endAs('check')
    this.log(renderDemo(result, this.width))
    this.note('\nlook around: qtool inspect -q qtool_demo, qtool dlq list -q qtool_demo, qtool down')
    return result
  }

  async #demo(flags: DemoFlags, onStep: (text: string) => void): Promise<DemoResult> {
    const settings = await this.#connected(flags, onStep)
    const {demo} = await import('../operations/demo.ts')
    const caller: DemoCaller = {
      ...this.caller(settings, this.interruption('finishing current leases')),
      settings,
      withRedis: (use) => this.withRedis(settings, use),
    }
    return demo(caller, {records: 50_000, bad: 1000, workers: flags.workers, onStep})
  }

  /** Settings that name both servers: those of the local stack, which is started, unless others are configured. */
  async #connected(flags: DemoFlags, onStep: (text: string) => void): Promise<Settings> {
    const settings = await this.settings(flags)
    if (settings.redisUrl && settings.databaseUrl) return settings
    const {up} = await import('../stack/stack.ts')
    await up({env: process.env, onStep})
    return this.settings(flags)
  }
}

interface DemoFlags {
  profile?: string
  workers: number
}
