import {Flags} from '@oclif/core'
import type {BenchRun} from '../../bench/run.ts'
import {BenchCommand, flowFlags, scenarioFlags} from '../../command/bench.ts'
import {parseDuration, parseRate} from '../../config/amount.ts'

export default class BenchSustained extends BenchCommand {
  static override summary =
    'Hold a rate, and time every record from its intended moment to its committed row.'
  static override description =
    `Documented: 1,000 ops/s for 60 s at 30 % CPU and 200 MB. Records are sent one by one on a fixed schedule, however slow
the servers are, and workers drain them at the same time. Latency counts from the moment at which a record was
meant to be sent; raw99 counts from when it was sent. A generator that cannot keep up makes the run INVALID.`
  static override examples = [
    '<%= config.bin %> bench sustained',
    "<%= config.bin %> bench sustained --rate 5k --for 30s --arrivals poisson --fail-if 'p99>50ms'",
    '<%= config.bin %> bench sustained --rate 20k --workers 0',
  ]
  static override flags = {
    ...scenarioFlags('sustained'),
    ...flowFlags(5),
    rate: Flags.string({summary: 'Records a second; 1000 by default.', helpValue: '1000/s'}),
    for: Flags.string({summary: 'Duration after the warm-up; 60s by default.', helpValue: 'TIME'}),
    workers: Flags.integer({
      char: 'w',
      min: 0,
      max: 500,
      summary: 'Leases processed in parallel, 10 by default; 0 only enqueues and times the replies of Redis.',
    }),
  }

  async run(): Promise<BenchRun> {
    const {flags} = await this.parse(BenchSustained)
    const {FIGURES} = await import('../../bench/figures.ts')
    const {assertLongEnough} = await import('../../bench/samples.ts')
    const {presets} = await import('../../bench/presets.ts')
    const {runSustained} = await import('../../bench/sustained.ts')
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
