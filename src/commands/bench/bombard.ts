import {Flags} from '@oclif/core'
import type {BenchRun} from '../../bench/run.ts'
import {BenchCommand, benchFlags} from '../../command/bench.ts'
import {parseCount, parsePercent} from '../../config/amount.ts'

export default class BenchBombard extends BenchCommand {
  static override summary = 'Enqueue many records at once, drain them, and prove that none was lost.'
  static override description =
    `Documented: 50,000 items in 13 s, nothing lost, every invalid item in the dead letters. Works in a queue and a schema of
its own, which are removed afterwards.`
  static override examples = [
    '<%= config.bin %> bench bombard',
    '<%= config.bin %> bench bombard --count 500k --workers 20 --html report.html',
  ]
  static override flags = {
    ...benchFlags,
    count: Flags.string({char: 'n', summary: 'Records; 50k by default.', helpValue: '50k'}),
    invalid: Flags.string({default: '2%', summary: 'Share of them that Postgres must refuse.'}),
    workers: Flags.integer({
      char: 'w',
      min: 1,
      max: 500,
      default: 10,
      summary: 'Leases in work at the same time.',
    }),
    batch: Flags.integer({min: 1, max: 20_000, default: 2000, summary: 'Records of one lease, about.'}),
  }

  async run(): Promise<BenchRun> {
    const {flags} = await this.parse(BenchBombard)
    const {runBombard} = await import('../../bench/bombard.ts')
    const count = parseCount('--count', flags.count ?? (flags.quick ? '10k' : '50k'))
    const options = {
      count,
      invalid: parsePercent('--invalid', flags.invalid),
      workers: flags.workers,
      batch: flags.batch,
    }
    const settings = await this.benchSettings(flags)
    const place = {settings, connections: flags.workers, signal: this.interruption()}
    const run = await this.runScenario('bombard', flags, place, (bench) => runBombard(bench, options))
    await this.finish([run], flags)
    return run
  }
}
