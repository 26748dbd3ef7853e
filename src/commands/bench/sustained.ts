import type {BenchRun} from '../../bench/shape/run.ts'
import {agentsFlags, agentsOf, idleAgentsFlags} from '../../cli/agents-flags.ts'
import {BenchCommand} from '../../cli/bench.ts'
import {flowFlags, flowOptions, preset, scenarioFlags, workersFlag} from '../../cli/bench-flags.ts'
import {duration, rate} from '../../cli/flags.ts'
import {assertNoIdleFlags} from '../../config/idle-flags.ts'

export default class BenchSustained extends BenchCommand {
  static override summary =
    'Hold a fixed rate, and time every record from its scheduled send to its committed row.'
  static override description =
    `Documented: 1,000 ops/s for 60 s at 30 % CPU and 200 MB. Sends records one by one on a fixed schedule, however slow the
servers are, while workers drain them. Latency counts from the scheduled send of a record, raw99 from its actual
send. If the generator cannot keep up, the run is INVALID. Where one process is not enough, --agents has several send,
also on other hosts ("qtool bench agent").`
  static override examples = [
    '<%= config.bin %> bench sustained',
    '<%= config.bin %> bench sustained --rate 40k --agents 4',
    "<%= config.bin %> bench sustained --rate 5k --for 30s --arrivals poisson --fail-if 'p99>50ms'",
    '<%= config.bin %> bench sustained --rate 20k --workers 0',
  ]
  static override flags = {
    ...scenarioFlags('sustained'),
    ...flowFlags('sustained'),
    ...workersFlag('sustained', 0),
    rate: rate({
      default: preset((of) => of.sustained.rate),
      summary: 'Records per second.',
      helpValue: '1000/s',
    }),
    for: duration({
      default: preset((of) => of.sustained.seconds * 1000),
      summary: 'Duration after the warm-up.',
      helpValue: 'TIME',
    }),
    ...agentsFlags,
  }

  async run(): Promise<BenchRun> {
    const parsed = await this.parse(BenchSustained)
    const {flags} = parsed
    assertNoIdleFlags(parsed, {
      seed: flags.arrivals !== 'poisson' && 'without --arrivals poisson',
      batch: flags.workers === 0 && 'with --workers 0',
      ...idleAgentsFlags(flags),
    })
    const {FIGURES} = await import('../../bench/figures.ts')
    const {assertLongEnough} = await import('../../bench/scenarios/capacity/samples.ts')
    const {runSustained} = await import('../../bench/scenarios/sustained.ts')
    const options = {rate: flags.rate, ...flowOptions(flags)}
    assertLongEnough('--fail-if', await this.thresholds(flags, FIGURES.sustained), options)
    const settings = await this.benchSettings(flags)
    const on = {settings, connections: Math.max(1, options.workers), signal: this.interruption()}
    const send = await agentsOf(flags)
    const run = await this.runScenario('sustained', flags, on, (bench) => runSustained(bench, options, send))
    await this.finish([run], flags)
    return run
  }
}
