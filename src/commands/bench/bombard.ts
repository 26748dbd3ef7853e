import {Flags} from '@oclif/core'
import type {BenchRun} from '../../bench/shape/run.ts'
import {BenchCommand, scenarioFlags} from '../../cli/bench.ts'
import {parseCount, parsePercent} from '../../config/amount.ts'

export default class BenchBombard extends BenchCommand {
  static override summary = 'Enqueue many records at once, drain them, and prove that none is lost.'
  static override description =
    `Documented: 50,000 items in 13 s, none lost, every invalid item a dead letter. Uses its own queue and schema, which are
removed afterwards.`
  static override examples = [
    '<%= config.bin %> bench bombard',
    '<%= config.bin %> bench bombard --count 500k --workers 20 --html report.html',
  ]
  static override flags = {
    ...scenarioFlags('bombard'),
    count: Flags.string({char: 'n', summary: 'Records; 50k by default.', helpValue: '50k'}),
    invalid: Flags.string({
      summary: 'Share of invalid records, which become dead letters; 2% by default.',
      helpValue: 'PERCENT',
    }),
    workers: Flags.integer({
      char: 'w',
      min: 1,
      max: 500,
      summary: 'Leases processed in parallel; 10 by default.',
    }),
    batch: Flags.integer({
      min: 1,
      max: 20_000,
      summary: 'Approximate number of records per lease; 2000 by default.',
    }),
  }

  async run(): Promise<BenchRun> {
    const {flags} = await this.parse(BenchBombard)
    const {runBombard} = await import('../../bench/scenarios/bombard.ts')
    const {presets} = await import('../../bench/presets.ts')
    const preset = presets(flags.quick).bombard
    const options = {
      count: flags.count ? parseCount('--count', flags.count) : preset.count,
      invalid: flags.invalid ? parsePercent('--invalid', flags.invalid) : preset.invalid,
      workers: flags.workers ?? preset.workers,
      batch: flags.batch ?? preset.batch,
    }
    const settings = await this.benchSettings(flags)
    const on = {settings, connections: options.workers, signal: this.interruption()}
    const run = await this.runScenario('bombard', flags, on, (bench) => runBombard(bench, options))
    await this.finish([run], flags)
    return run
  }
}
