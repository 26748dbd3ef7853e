import {Flags} from '@oclif/core'
import type {BenchRun} from '../../bench/shape/run.ts'
import {BenchCommand} from '../../cli/bench.ts'
import {preset, scenarioFlags} from '../../cli/bench-flags.ts'
import {byQuick} from '../../cli/flag-kind.ts'
import {counts, duration} from '../../cli/flags.ts'
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
    pools: counts({
      max: 1000,
      default: preset((of) => of.connections.pools),
      summary: 'Pool sizes to fill.',
      helpValue: 'N,N',
    }),
    wait: duration({
      default: preset((of) => of.connections.waitMs),
      summary: 'How long a caller waits for a free connection.',
      helpValue: 'TIME',
    }),
    server: Flags.boolean({
      allowNo: true,
      summary: 'Also fill the server to its limit (default: only a local one).',
    }),
    most: Flags.integer({
      min: 1,
      max: 1_000_000,
      ...byQuick(preset((of) => of.connections.most)),
      summary: 'Most clients to open on the server.',
    }),
  }

  async run(): Promise<BenchRun> {
    const parsed = await this.parse(BenchConnections)
    const {flags} = parsed
    const {runConnections} = await import('../../bench/scenarios/connections/connections.ts')
    const {connectionFigures} = await import('../../bench/figures.ts')
    const settings = await this.benchSettings(flags)
    const fills = flags.server ?? isLocalUrl(settings.redisUrl?.value ?? '')
    assertNoIdleFlags(parsed, {most: !fills && 'where the server is not filled; see --server'})
    const {pools, wait: waitMs, most} = flags
    const options = {pools, waitMs, server: fills ? {most} : undefined}
    const on = {settings, signal: this.interruption(), figures: connectionFigures(options)}
    const run = await this.runRedisScenario('connections', flags, on, (redis) =>
      runConnections({...redis, ...options}),
    )
    await this.finish([run], flags)
    return run
  }
}
