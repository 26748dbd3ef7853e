import {Flags} from '@oclif/core'
import type {BenchRun} from '../../bench/shape/run.ts'
import {BenchCommand, flowFlags, scenarioFlags} from '../../cli/bench.ts'
import {parseDuration, parseRate} from '../../config/amount.ts'
import {assertNoIdleFlags} from '../../config/idle-flags.ts'

export default class BenchSustained extends BenchCommand {
  static override summary =
    'Hold a fixed rate, and time every record from its scheduled send to its committed row.'
  static override description =
    `Documented: 1,000 ops/s for 60 s at 30 % CPU and 200 MB. Sends records one by one on a fixed schedule, however slow the
servers are, while workers drain them. Latency counts from the scheduled send of a record, raw99 from its actual
send. If the generator cannot keep up, the run is INVALID.`
  static override examples = [
    '<%= config.bin %> bench sustained',
    "<%= config.bin %> bench sustained --rate 5k --for 30s --arrivals poisson --fail-if 'p99>50ms'",
    '<%= config.bin %> bench sustained --rate 20k --workers 0',
  ]
  static override flags = {
    ...scenarioFlags('sustained'),
    ...flowFlags(5),
    rate: Flags.string({summary: 'Records per second; 1000 by default.', helpValue: '1000/s'}),
    for: Flags.string({summary: 'Duration after the warm-up; 60s by default.', helpValue: 'TIME'}),
    workers: Flags.integer({
      char: 'w',
      min: 0,
      max: 500,
      summary:
        'Leases processed in parallel; 10 by default. With 0, only enqueue and time the replies of Redis.',
    }),
  }

  async run(): Promise<BenchRun> {
    const parsed = await this.parse(BenchSustained)
    const {flags} = parsed
    assertNoIdleFlags(parsed, {
      seed: flags.arrivals !== 'poisson' && 'without --arrivals poisson',
      batch: flags.workers === 0 && 'with --workers 0',
    })
    const {FIGURES} = await import('../../bench/figures.ts')
    const {assertLongEnough} = await import('../../bench/scenarios/capacity/samples.ts')
    const {presets} = await import('../../bench/presets.ts')
    const {runSustained} = await import('../../bench/scenarios/sustained.ts')
    const preset = presets(flags.quick).sustained
    const options = {
      rate: flags.rate ? parseRate('--rate', flags.rate) : preset.rate,
      seconds: flags.for ? parseDuration('--for', flags.for) / 1000 : preset.seconds,
      warmupSeconds: flags['warm-up'] ?? preset.warmupSeconds,
      arrivals: flags.arrivals ?? preset.arrivals,
      seed: flags.seed ?? preset.seed,
      workers: flags.workers ?? preset.workers,
      batch: flags.batch ?? preset.batch,
    }
    assertLongEnough('--fail-if', await this.thresholds(flags, FIGURES.sustained), options)
    const settings = await this.benchSettings(flags)
    const on = {settings, connections: Math.max(1, options.workers), signal: this.interruption()}
    const run = await this.runScenario('sustained', flags, on, (bench) => runSustained(bench, options))
    await this.finish([run], flags)
    return run
  }
}
