import type {BenchRun} from '../../bench/shape/run.ts'
import {BenchCommand} from '../../cli/bench.ts'
import {preset, scenarioFlags} from '../../cli/bench-flags.ts'
import {count, counts} from '../../cli/flags.ts'

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
    workers: counts({
      char: 'w',
      max: 500,
      default: preset((of) => of.workers.workers),
      summary: 'Worker counts to try.',
      helpValue: 'N,N',
    }),
    batches: counts({
      max: 20_000,
      default: preset((of) => of.workers.batches),
      summary: 'Approximate records per lease to try.',
      helpValue: 'N,N',
    }),
    count: count({
      char: 'n',
      default: preset((of) => of.workers.count),
      summary: 'Records per step.',
      helpValue: '40k',
    }),
  }

  async run(): Promise<BenchRun> {
    const {flags} = await this.parse(BenchWorkers)
    const {workerFigures} = await import('../../bench/figures.ts')
    const {runWorkers} = await import('../../bench/scenarios/workers.ts')
    const {workers, batches, count} = flags
    const options = {workers, batches, count}
    const figures = workerFigures(options)
    const settings = await this.benchSettings(flags)
    const on = {settings, connections: Math.max(...options.workers), signal: this.interruption(), figures}
    const run = await this.runScenario('workers', flags, on, (bench) => runWorkers(bench, options))
    await this.finish([run], flags)
    return run
  }
}
