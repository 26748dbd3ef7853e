import type {BenchRun} from '../../bench/shape/run.ts'
import {BenchCommand} from '../../cli/bench.ts'
import {preset, scenarioFlags, workersFlag} from '../../cli/bench-flags.ts'
import {duration, rate} from '../../cli/flags.ts'

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
    ...workersFlag('recovery'),
    rate: rate({
      default: preset((of) => of.recovery.rate),
      summary: 'Records per second.',
      helpValue: '500/s',
    }),
    for: duration({
      default: preset((of) => of.recovery.seconds * 1000),
      summary: 'Duration after the warm-up.',
      helpValue: 'TIME',
    }),
  }

  async run(): Promise<BenchRun> {
    const {flags} = await this.parse(BenchRecovery)
    const {presets} = await import('../../bench/presets.ts')
    const {runRecovery} = await import('../../bench/scenarios/recovery.ts')
    const {crashServer} = await import('../../stack/crash.ts')
    const options = {
      ...presets(flags.quick).recovery,
      rate: flags.rate,
      seconds: flags.for / 1000,
      workers: flags.workers,
      restart: (server: 'redis' | 'postgres', port: number) => crashServer(process.env, server, port),
    }
    const settings = await this.benchSettings(flags)
    this.assertLocalStack(settings)
    const on = {settings, connections: options.workers, signal: this.interruption()}
    const run = await this.runScenario('recovery', flags, on, (bench) => runRecovery(bench, options))
    await this.finish([run], flags)
    return run
  }
}
