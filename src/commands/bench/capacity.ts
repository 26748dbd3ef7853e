import {Flags} from '@oclif/core'
import type {BenchRun} from '../../bench/shape/run.ts'
import {agentsOf, localAgentsFlags} from '../../cli/agents-flags.ts'
import {BenchCommand} from '../../cli/bench.ts'
import {flowFlags, flowOptions, preset, scenarioFlags, workersFlag} from '../../cli/bench-flags.ts'
import {byQuick} from '../../cli/flag-kind.ts'
import {duration, rate} from '../../cli/flags.ts'
import {assertNoIdleFlags, isTyped} from '../../config/idle-flags.ts'

export default class BenchCapacity extends BenchCommand {
  static override summary = 'Find the highest sustainable rate, and what limits it.'
  static override description =
    `Doubles the rate until one misses the service level objective (SLO), narrows the interval by bisection, then repeats the
result. A rate is sustainable if it meets the SLO, fewer than 0.1 % of the operations fail, the queue does not grow,
and no record is lost or duplicated. If the generator reaches its limit first, the result says so;
--agents then has several processes send. Those of other hosts join for one load, so only "bench sustained" takes them.`
  static override examples = [
    "<%= config.bin %> bench capacity --slo 'p99<50ms'",
    '<%= config.bin %> bench capacity --agents 4',
    "<%= config.bin %> bench capacity --slo 'p99<200ms' --slo 'errors<0.1%' --for 30s --repeats 5",
  ]
  static override flags = {
    ...scenarioFlags('capacity'),
    ...flowFlags('capacity'),
    ...workersFlag('capacity'),
    slo: Flags.string({
      multiple: true,
      default: [preset((of) => of.capacity.sloText).full],
      summary: 'Service level objective (repeatable).',
      helpValue: 'CONDITION',
    }),
    from: rate({
      default: preset((of) => of.capacity.from),
      summary: 'Lowest rate to try.',
      helpValue: 'RATE',
    }),
    most: rate({
      default: preset((of) => of.capacity.most),
      summary: 'Highest rate to try.',
      helpValue: 'RATE',
    }),
    for: duration({
      default: preset((of) => of.capacity.seconds * 1000),
      summary: 'Duration of each step; unless given, longer where a percentile needs it.',
      helpValue: 'TIME',
    }),
    repeats: Flags.integer({
      min: 1,
      max: 20,
      ...byQuick(preset((of) => of.capacity.repeats)),
      summary: 'How many times the result must hold.',
    }),
    ...localAgentsFlags,
  }

  async run(): Promise<BenchRun> {
    const parsed = await this.parse(BenchCapacity)
    const {flags} = parsed
    assertNoIdleFlags(parsed, {
      seed: flags.arrivals !== 'poisson' && 'without --arrivals poisson',
      wait: flags.agents === undefined && 'without --agents',
    })
    const {presets} = await import('../../bench/presets.ts')
    const {runCapacity} = await import('../../bench/scenarios/capacity/capacity.ts')
    const {readSlo} = await import('../../bench/scenarios/capacity/slo.ts')
    const {from, most, repeats} = flags
    const {precision} = presets(flags.quick).capacity
    const flow = flowOptions(flags)
    const slo = readSlo(flags.slo, {...flow, rate: from}, {fixed: isTyped(parsed, 'for')})
    const options = {...flow, ...slo, from, most, precision, repeats}
    const settings = await this.benchSettings(flags)
    const on = {settings, connections: options.workers, signal: this.interruption()}
    const send = await agentsOf(flags)
    const run = await this.runScenario('capacity', flags, on, (bench) => runCapacity(bench, options, send))
    await this.finish([run], flags)
    return run
  }
}
