import {Flags} from '@oclif/core'
import type {BenchRun} from '../../bench/shape/run.ts'
import {BenchCommand, scenarioFlags} from '../../cli/bench.ts'
import {parseCount, parseCounts} from '../../config/amount.ts'

export default class BenchWorkers extends BenchCommand {
  static override summary = 'Measure how throughput scales with workers, and where it peaks.'
  static override description =
    `Documented: 1 worker 200 rows/s, 10 workers 1,000 rows/s. Drains the same records with every combination of worker count
and batch size, and fits the Universal Scalability Law to the best batch size.`
  static override examples = [
    '<%= config.bin %> bench workers',
    '<%= config.bin %> bench workers --workers 1,2,4,8,16,32 --batches 500,2000 --count 200k',
  ]
  static override flags = {
    ...scenarioFlags('workers'),
    workers: Flags.string({
      char: 'w',
      summary: 'Worker counts to try; 1,2,4,8,10,16 by default.',
      helpValue: 'N,N',
    }),
    batches: Flags.string({
      summary: 'Approximate records per lease to try; 200,2000 by default.',
      helpValue: 'N,N',
    }),
    count: Flags.string({char: 'n', summary: 'Records per step; 40k by default.', helpValue: '40k'}),
  }

  async run(): Promise<BenchRun> {
    const {flags} = await this.parse(BenchWorkers)
    const {workerFigures} = await import('../../bench/figures.ts')
    const {presets} = await import('../../bench/presets.ts')
    const {runWorkers} = await import('../../bench/scenarios/workers.ts')
    const preset = presets(flags.quick).workers
    const options = {
      workers: flags.workers ? parseCounts('--workers', flags.workers, 500) : preset.workers,
      batches: flags.batches ? parseCounts('--batches', flags.batches, 20_000) : preset.batches,
      count: flags.count ? parseCount('--count', flags.count) : preset.count,
    }
    const figures = workerFigures(options)
    const settings = await this.benchSettings(flags)
    const on = {settings, connections: Math.max(...options.workers), signal: this.interruption(), figures}
    const run = await this.runScenario('workers', flags, on, (bench) => runWorkers(bench, options))
    await this.finish([run], flags)
    return run
  }
}
