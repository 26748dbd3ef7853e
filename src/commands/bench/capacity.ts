import {Flags} from '@oclif/core'
import type {BenchRun} from '../../bench/run.ts'
import {BenchCommand, benchFlags} from '../../command/bench.ts'
import {parseCount, parseDuration, parseRate} from '../../config/amount.ts'

export default class BenchCapacity extends BenchCommand {
  static override summary = 'Find the highest rate that holds with a steady queue, and what limits it.'
  static override description =
    `Rates are doubled until one does not hold the SLO, then the distance is halved, then the result is repeated. A rate holds
where all figures of the SLO do, hardly an operation fails, the queue does not grow, and nothing is lost or written
twice. Where the generator is at its end first, the run says so.`
  static override examples = [
    "<%= config.bin %> bench capacity --slo 'p99<50ms'",
    "<%= config.bin %> bench capacity --slo 'p99<200ms' --slo 'errors<0.1%' --for 30s --repeats 5",
  ]
  static override flags = {
    ...benchFlags,
    slo: Flags.string({
      multiple: true,
      summary: 'What must hold; again for one more.',
      helpValue: 'p99<50ms',
    }),
    from: Flags.string({default: '500', summary: 'Rate to begin with.', helpValue: '500/s'}),
    most: Flags.string({default: '50k', summary: 'Highest rate to try.', helpValue: '50k/s'}),
    for: Flags.string({summary: 'How long each rate is held; 5s by default.', helpValue: '5s'}),
    repeats: Flags.integer({min: 1, max: 20, summary: 'How often the result has to hold; 3 by default.'}),
    arrivals: Flags.option({options: ['constant', 'poisson'] as const, default: 'constant' as const})({
      summary: 'Evenly spaced, or as of many users who know nothing of each other.',
    }),
    seed: Flags.integer({default: 1, summary: 'Of the arrivals.'}),
    workers: Flags.integer({
      char: 'w',
      min: 1,
      max: 500,
      default: 10,
      summary: 'Leases in work at the same time.',
    }),
    batch: Flags.integer({
      min: 1,
      max: 20_000,
      default: 2000,
      summary: 'Records of one lease, at most about.',
    }),
  }

  async run(): Promise<BenchRun> {
    const {flags} = await this.parse(BenchCapacity)
    const {runCapacity} = await import('../../bench/capacity.ts')
    const {parseSlo} = await import('../../bench/threshold.ts')
    const {quick, arrivals, seed, workers, batch} = flags
    const slo = flags.slo ?? ['p99<100ms']
    const options = {
      slo: slo.map((text) => parseSlo(text)),
      sloText: slo.join(' and '),
      from: parseRate('--from', flags.from),
      most: parseCount('--most', flags.most.replace(/\/s$/, '')),
      seconds: parseDuration('--for', flags.for ?? (quick ? '1s' : '5s')) / 1000,
      warmupSeconds: 1,
      precision: quick ? 1 : 0.1,
      repeats: flags.repeats ?? (quick ? 1 : 3),
      arrivals,
      seed,
      workers,
      batch,
    }
    const settings = await this.benchSettings(flags)
    const place = {settings, connections: workers, signal: this.interruption()}
    const run = await this.runScenario('capacity', flags, place, (bench) => runCapacity(bench, options))
    await this.finish([run], flags)
    return run
  }
}
