import {Flags} from '@oclif/core'
import type {BenchRun} from '../../bench/shape/run.ts'
import {BenchCommand} from '../../cli/bench.ts'
import {MOST_RTT_MS, preset, scenarioFlags} from '../../cli/bench-flags.ts'
import {bytes, counts, duration} from '../../cli/flags.ts'
import {assertNoIdleFlags} from '../../config/idle-flags.ts'

export default class BenchModes extends BenchCommand {
  static override summary = 'Compare single, pipelined, batched and auto-pipelined enqueueing.'
  static override description =
    `Documented: 11 items/s one by one and 3,800/s pipelined over a slow link, 345 times as many. --rtt 90ms puts a delaying
proxy in front of Redis, which reproduces and explains that ratio on any machine. Needs no Postgres.`
  static override examples = [
    '<%= config.bin %> bench modes',
    '<%= config.bin %> bench modes --rtt 90ms --for 5s',
  ]
  static override flags = {
    ...scenarioFlags('modes'),
    mode: Flags.option({options: ['single', 'pipeline', 'batch', 'auto'] as const, multiple: true})({
      summary: 'Measure only this mode (repeatable).',
    }),
    batches: counts({
      max: 10_000,
      default: preset((of) => of.modes.batches),
      summary: 'Batch sizes to try.',
      helpValue: 'N,N',
    }),
    for: duration({
      default: preset((of) => of.modes.seconds * 1000),
      summary: 'Duration of each step.',
      helpValue: 'TIME',
    }),
    'confirmed-by': Flags.option({options: ['replica', 'disk'] as const, multiple: true})({
      summary:
        'Also measure with each chunk confirmed, as with enqueue --durability (repeatable), to see what it costs.',
    }),
    rtt: duration({
      max: MOST_RTT_MS,
      summary: 'Round trip to simulate with a delaying proxy.',
      helpValue: '90ms',
    }),
    'item-bytes': bytes({
      min: 40,
      max: 1_048_576,
      default: preset((of) => of.modes.itemBytes),
      summary: 'Size of an item.',
    }),
  }

  async run(): Promise<BenchRun> {
    const parsed = await this.parse(BenchModes)
    const {flags} = parsed
    assertNoIdleFlags(parsed, {
      batches: flags.mode?.every((mode) => mode === 'single') === true && 'with --mode single alone',
    })
    const {runModes} = await import('../../bench/scenarios/modes/modes.ts')
    const {presets} = await import('../../bench/presets.ts')
    const {modeFigures} = await import('../../bench/figures.ts')
    const {batches, 'item-bytes': itemBytes, rtt: rttMs = 0} = flags
    const {modes, warmupSeconds, most} = presets(flags.quick).modes
    const options = {
      modes: flags.mode ?? modes,
      seconds: flags.for / 1000,
      ...{batches, rttMs, itemBytes, warmupSeconds, most, confirmedBy: flags['confirmed-by']},
    }
    const figures = modeFigures(options)
    const on = {settings: await this.benchSettings(flags), signal: this.interruption(), figures}
    const run = await this.runRedisScenario('modes', flags, on, (redis) =>
      runModes({...redis, ...options, queue: redis.name}),
    )
    await this.finish([run], flags)
    return run
  }
}
