import {Flags} from '@oclif/core'
import type {BenchRun} from '../../bench/run.ts'
import {BenchCommand, benchFlags} from '../../command/bench.ts'
import {parseDuration, parseRate} from '../../config/amount.ts'

export default class BenchSustained extends BenchCommand {
  static override summary = 'Hold a rate, and time every record from its moment to its committed row.'
  static override description =
    `Documented: 1,000 ops/s for 60 s at 30 % CPU and 200 MB. Records are sent one by one on a fixed schedule, however slow
the servers are, and workers drain them at the same time. Latency counts from the moment at which a record was
meant to be sent; raw99 counts from when it was sent. A generator that cannot keep up makes the run INVALID.`
  static override examples = [
    '<%= config.bin %> bench sustained',
    "<%= config.bin %> bench sustained --rate 5k --for 30s --arrivals poisson --fail-if 'p99>50ms'",
  ]
  static override flags = {
    ...benchFlags,
    rate: Flags.string({default: '1000', summary: 'Records a second.', helpValue: '1000/s'}),
    for: Flags.string({summary: 'How long, after the warm-up; 60s by default.', helpValue: '60s'}),
    'warm-up': Flags.integer({
      min: 0,
      max: 600,
      summary: 'Seconds before that are not counted; 5 by default.',
    }),
    arrivals: Flags.option({options: ['constant', 'poisson'] as const, default: 'constant' as const})({
      summary: 'Evenly spaced, or as of many users who know nothing of each other.',
    }),
    seed: Flags.integer({default: 1, summary: 'Of the arrivals.'}),
    workers: Flags.integer({
      char: 'w',
      min: 0,
      max: 500,
      default: 10,
      summary: 'Leases in work at the same time; 0 only enqueues, and times the replies of Redis.',
    }),
    batch: Flags.integer({
      min: 1,
      max: 20_000,
      default: 2000,
      summary: 'Records of one lease, at most about.',
    }),
  }

  async run(): Promise<BenchRun> {
    const {flags} = await this.parse(BenchSustained)
    const {runSustained} = await import('../../bench/sustained.ts')
    const {quick, arrivals, seed, workers, batch} = flags
    const options = {
      rate: parseRate('--rate', flags.rate),
      seconds: parseDuration('--for', flags.for ?? (quick ? '5s' : '60s')) / 1000,
      warmupSeconds: flags['warm-up'] ?? (quick ? 1 : 5),
      arrivals,
      seed,
      workers,
      batch,
    }
    const settings = await this.benchSettings(flags)
    const place = {settings, connections: Math.max(1, workers), signal: this.interruption()}
    const run = await this.runScenario('sustained', flags, place, (bench) => runSustained(bench, options))
    await this.finish([run], flags)
    return run
  }
}
