import {Flags} from '@oclif/core'
import type {BenchRun} from '../../bench/shape/run.ts'
import {BenchCommand, scenarioFlags} from '../../cli/bench.ts'
import {parseCounts, parseDuration} from '../../config/amount.ts'
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
    batches: Flags.string({summary: 'Batch sizes to try; 100,345,1000 by default.', helpValue: 'N,N'}),
    for: Flags.string({summary: 'Duration of each step; 2s by default.', helpValue: 'TIME'}),
    rtt: Flags.string({summary: 'Round trip to simulate with a delaying proxy.', helpValue: '90ms'}),
    'item-bytes': Flags.integer({min: 40, max: 1_048_576, summary: 'Size of an item; 200 by default.'}),
  }

  async run(): Promise<BenchRun> {
    const parsed = await this.parse(BenchModes)
    const {flags} = parsed
    assertNoIdleFlags(parsed, {
      batches: flags.mode?.every((mode) => mode === 'single') === true && 'with --mode single alone',
    })
    const {runModes} = await import('../../bench/scenarios/modes/modes.ts')
    const {modeFigures} = await import('../../bench/figures.ts')
    const {presets} = await import('../../bench/presets.ts')
    const preset = presets(flags.quick).modes
    const options = {
      ...preset,
      modes: flags.mode ?? preset.modes,
      batches: flags.batches ? parseCounts('--batches', flags.batches, 10_000) : preset.batches,
      seconds: flags.for ? parseDuration('--for', flags.for) / 1000 : preset.seconds,
      rttMs: flags.rtt ? parseDuration('--rtt', flags.rtt, 10_000) : preset.rttMs,
      itemBytes: flags['item-bytes'] ?? preset.itemBytes,
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
