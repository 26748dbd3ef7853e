import {Flags} from '@oclif/core'
import type {BenchRun} from '../../bench/shape/run.ts'
import {BenchCommand, scenarioFlags} from '../../cli/bench.ts'
import {parseCounts, parseDuration} from '../../config/amount.ts'
import {assertNoIdleFlags} from '../../config/idle-flags.ts'
import {isLocalUrl} from '../../config/secrets.ts'

export default class BenchConnections extends BenchCommand {
  static override summary = 'Find the connection limits of pool and server, and how they recover.'
  static override description =
    `Documented: pools of 20, then 50 connections, failing near 50 and recovering in under 1 s. Fills a pool of each size, and
a server on this machine up to its client limit. A full server refuses all other clients, so a remote one is filled
only with --server. Reports connections that stay open. Needs no Postgres.`
  static override examples = [
    '<%= config.bin %> bench connections',
    '<%= config.bin %> bench connections --pools 20,50,200 --server --most 2000',
  ]
  static override flags = {
    ...scenarioFlags('connections'),
    pools: Flags.string({summary: 'Pool sizes to fill; 20,50 by default.', helpValue: 'N,N'}),
    wait: Flags.string({
      summary: 'How long a caller waits for a free connection; 500ms by default.',
      helpValue: 'TIME',
    }),
    server: Flags.boolean({
      allowNo: true,
      summary: 'Also fill the server to its limit (default: only a local one).',
    }),
    most: Flags.integer({
      min: 1,
      max: 1_000_000,
      summary: 'Most clients to open on the server; 12000 by default.',
    }),
  }

  async run(): Promise<BenchRun> {
    const parsed = await this.parse(BenchConnections)
    const {flags} = parsed
    const {runConnections} = await import('../../bench/scenarios/connections/connections.ts')
    const {connectionFigures} = await import('../../bench/figures.ts')
    const {presets} = await import('../../bench/presets.ts')
    const preset = presets(flags.quick).connections
    const settings = await this.benchSettings(flags)
    const fills = flags.server ?? isLocalUrl(settings.redisUrl?.value ?? '')
    assertNoIdleFlags(parsed, {most: !fills && 'where the server is not filled; see --server'})
    const options = {
      pools: flags.pools ? parseCounts('--pools', flags.pools, 1000) : preset.pools,
      waitMs: flags.wait ? parseDuration('--wait', flags.wait) : preset.waitMs,
      server: fills ? {most: flags.most ?? preset.most} : undefined,
    }
    const on = {settings, signal: this.interruption(), figures: connectionFigures(options)}
    const run = await this.runRedisScenario('connections', flags, on, (redis) =>
      runConnections({...redis, ...options}),
    )
    await this.finish([run], flags)
    return run
  }
}
