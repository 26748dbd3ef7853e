import {Flags} from '@oclif/core'
import type {BenchRun} from '../../bench/run.ts'
import {BenchCommand, benchFlags} from '../../command/bench.ts'
import {parseCount, parseCounts} from '../../config/amount.ts'

export default class BenchWorkers extends BenchCommand {
  static override summary = 'Drain with more and more workers, and say where it turns.'
  static override description =
    `Documented: 1 worker 200 rows/s, 10 workers 1,000 rows/s. Every number of workers drains the same records with every
batch size; the Universal Scalability Law is fitted to the best batch size, with its error.`
  static override examples = [
    '<%= config.bin %> bench workers',
    '<%= config.bin %> bench workers --workers 1,2,4,8,16,32 --batches 500,2000 --count 200k',
  ]
  static override flags = {
    ...benchFlags,
    workers: Flags.string({char: 'w', summary: 'Numbers of workers to try.', helpValue: '1,2,4,8,10,16'}),
    batches: Flags.string({summary: 'Records of one lease to try, about.', helpValue: '200,2000'}),
    count: Flags.string({char: 'n', summary: 'Records of each step; 40k by default.', helpValue: '40k'}),
  }

  async run(): Promise<BenchRun> {
    const {flags} = await this.parse(BenchWorkers)
    const {runWorkers} = await import('../../bench/workers.ts')
    const {quick} = flags
    const options = {
      workers: parseCounts('--workers', flags.workers ?? (quick ? '1,2,4,10' : '1,2,4,8,10,16'), 500),
      batches: parseCounts('--batches', flags.batches ?? (quick ? '1000' : '200,2000'), 20_000),
      count: parseCount('--count', flags.count ?? (quick ? '8k' : '40k')),
    }
    const settings = await this.benchSettings(flags)
    const place = {settings, connections: Math.max(...options.workers), signal: this.interruption()}
    const run = await this.runScenario('workers', flags, place, (bench) => runWorkers(bench, options))
    await this.finish([run], flags)
    return run
  }
}
