import {Flags} from '@oclif/core'
import type {BenchRun} from '../../bench/shape/run.ts'
import {BenchCommand, scenarioFlags} from '../../cli/bench.ts'
import {parseDuration, parseRate} from '../../config/amount.ts'

export default class BenchRecovery extends BenchCommand {
  static override summary = 'Kill Redis and Postgres of the local stack under load, and measure the damage.'
  static override description =
    `Kills each server in turn as a crash would, and restarts it, while records are sent and drained. Runs only on the local
stack of "qtool up", so it never kills other servers.`
  static override examples = [
    '<%= config.bin %> bench recovery',
    '<%= config.bin %> bench recovery --rate 2k --for 30s',
  ]
  static override flags = {
    ...scenarioFlags('recovery'),
    rate: Flags.string({summary: 'Records per second; 500 by default.', helpValue: '500/s'}),
    for: Flags.string({summary: 'Duration after the warm-up; 20s by default.', helpValue: 'TIME'}),
    workers: Flags.integer({
      char: 'w',
      min: 1,
      max: 500,
      summary: 'Leases processed in parallel; 10 by default.',
    }),
  }

  async run(): Promise<BenchRun> {
    const {flags} = await this.parse(BenchRecovery)
    const {presets} = await import('../../bench/presets.ts')
    const {runRecovery} = await import('../../bench/scenarios/recovery.ts')
    const {crashServer} = await import('../../stack/crash.ts')
    const preset = presets(flags.quick).recovery
    const options = {
      ...preset,
      rate: flags.rate ? parseRate('--rate', flags.rate) : preset.rate,
      seconds: flags.for ? parseDuration('--for', flags.for) / 1000 : preset.seconds,
      workers: flags.workers ?? preset.workers,
      restart: (server: 'redis' | 'postgres') => crashServer(process.env, server),
    }
    const settings = await this.benchSettings(flags)
    this.assertLocalStack(settings)
    const on = {settings, connections: options.workers, signal: this.interruption()}
    const run = await this.runScenario('recovery', flags, on, (bench) => runRecovery(bench, options))
    await this.finish([run], flags)
    return run
  }
}
