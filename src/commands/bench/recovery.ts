import {Flags} from '@oclif/core'
import type {BenchRun} from '../../bench/run.ts'
import {BenchCommand, benchFlags} from '../../command/bench.ts'
import {parseDuration, parseRate} from '../../config/amount.ts'
import type {Settings} from '../../config/settings.ts'
import {QtoolError} from '../../errors.ts'

export default class BenchRecovery extends BenchCommand {
  static override summary = 'Kill Redis and Postgres of the local stack under load, and count what that cost.'
  static override description =
    `Both are killed as by a crash and started again, one after the other, while records are sent and drained. Only with the
local stack of "qtool up": nobody else's servers are killed.`
  static override examples = [
    '<%= config.bin %> bench recovery',
    '<%= config.bin %> bench recovery --rate 2k --for 30s',
  ]
  static override flags = {
    ...benchFlags,
    rate: Flags.string({default: '500', summary: 'Records a second.', helpValue: '500/s'}),
    for: Flags.string({summary: 'How long; 20s by default.', helpValue: '20s'}),
    workers: Flags.integer({
      char: 'w',
      min: 1,
      max: 500,
      default: 10,
      summary: 'Leases in work at the same time.',
    }),
  }

  async run(): Promise<BenchRun> {
    const {flags} = await this.parse(BenchRecovery)
    const {runRecovery} = await import('../../bench/recovery.ts')
    const {crashServer} = await import('../../stack/crash.ts')
    const options = {
      rate: parseRate('--rate', flags.rate),
      seconds: parseDuration('--for', flags.for ?? (flags.quick ? '6s' : '20s')) / 1000,
      warmupSeconds: 1,
      arrivals: 'constant' as const,
      seed: 1,
      workers: flags.workers,
      batch: 2000,
    }
    const settings = await this.benchSettings(flags)
    assertLocalStack(settings)
    const place = {settings, connections: flags.workers, signal: this.interruption()}
    const restart = (server: 'redis' | 'postgres') => crashServer(process.env, server)
    const run = await this.runScenario('recovery', flags, place, (bench) =>
      runRecovery(bench, {...options, restart}),
    )
    await this.finish([run], flags)
    return run
  }
}

/** @throws QtoolError (refused) */
export function assertLocalStack({redisUrl, databaseUrl}: Settings): void {
  if (redisUrl?.source === 'stack' && databaseUrl?.source === 'stack') return
  throw new QtoolError('expected the local stack, since this kills both servers', {
    code: 'NOT_LOCAL',
    kind: 'refused',
    suggestions: [
      'qtool up starts a local Redis and Postgres',
      'leave --redis-url, --database-url, their variables and profiles out',
    ],
  })
}
