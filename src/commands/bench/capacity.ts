import {Flags} from '@oclif/core'
import type {BenchRun} from '../../bench/shape/run.ts'
import {BenchCommand, flowFlags, scenarioFlags} from '../../cli/bench.ts'
import {parseDuration, parseRate} from '../../config/amount.ts'
import {assertNoIdleFlags} from '../../config/idle-flags.ts'

/** Longest step, s: steps are lengthened up to this so that the percentiles of the SLO can be measured. */
const MOST_SECONDS = 60

export default class BenchCapacity extends BenchCommand {
  static override summary = 'Find the highest sustainable rate, and what limits it.'
  static override description =
    `Doubles the rate until one misses the service level objective (SLO), narrows the interval by bisection, then repeats the
result. A rate is sustainable if it meets the SLO, fewer than 0.1 % of the operations fail, the queue does not grow,
and no record is lost or duplicated. If the generator reaches its limit first, the result says so.`
  static override examples = [
    "<%= config.bin %> bench capacity --slo 'p99<50ms'",
    "<%= config.bin %> bench capacity --slo 'p99<200ms' --slo 'errors<0.1%' --for 30s --repeats 5",
  ]
  static override flags = {
    ...scenarioFlags('capacity'),
    ...flowFlags(1),
    slo: Flags.string({
      multiple: true,
      summary: 'Service level objective; p99<100ms by default (repeatable).',
      helpValue: 'CONDITION',
    }),
    from: Flags.string({summary: 'Lowest rate to try; 500/s by default.', helpValue: 'RATE'}),
    most: Flags.string({summary: 'Highest rate to try; 50k/s by default.', helpValue: 'RATE'}),
    for: Flags.string({
      summary: 'Duration of each step; 5s by default, longer where a percentile needs it.',
      helpValue: 'TIME',
    }),
    repeats: Flags.integer({min: 1, max: 20, summary: 'How many times the result must hold; 3 by default.'}),
    workers: Flags.integer({
      char: 'w',
      min: 1,
      max: 500,
      summary: 'Leases processed in parallel; 10 by default.',
    }),
  }

  async run(): Promise<BenchRun> {
    const parsed = await this.parse(BenchCapacity)
    const {flags} = parsed
    assertNoIdleFlags(parsed, {seed: flags.arrivals !== 'poisson' && 'without --arrivals poisson'})
    const {runCapacity} = await import('../../bench/scenarios/capacity/capacity.ts')
    const {FIGURES} = await import('../../bench/figures.ts')
    const {assertLongEnough} = await import('../../bench/scenarios/capacity/samples.ts')
    const {presets} = await import('../../bench/presets.ts')
    const {parseSlo} = await import('../../bench/threshold.ts')
    const preset = presets(flags.quick).capacity
    const options = {
      ...preset,
      slo: flags.slo?.map((text) => parseSlo(text, FIGURES.capacity)) ?? preset.slo,
      sloText: flags.slo?.join(' and ') ?? preset.sloText,
      from: flags.from ? parseRate('--from', flags.from) : preset.from,
      most: flags.most ? parseRate('--most', flags.most) : preset.most,
      seconds: flags.for ? parseDuration('--for', flags.for) / 1000 : preset.seconds,
      warmupSeconds: flags['warm-up'] ?? preset.warmupSeconds,
      repeats: flags.repeats ?? preset.repeats,
      arrivals: flags.arrivals ?? preset.arrivals,
      seed: flags.seed ?? preset.seed,
      workers: flags.workers ?? preset.workers,
      batch: flags.batch ?? preset.batch,
    }
    if (flags.for) assertLongEnough('--slo', options.slo, {...options, rate: options.from})
    else assertLongEnough('--slo', options.slo, {...options, rate: options.from, seconds: MOST_SECONDS})
    const settings = await this.benchSettings(flags)
    const on = {settings, connections: options.workers, signal: this.interruption()}
    const run = await this.runScenario('capacity', flags, on, (bench) => runCapacity(bench, options))
    await this.finish([run], flags)
    return run
  }
}
