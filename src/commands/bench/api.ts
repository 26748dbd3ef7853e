import {Flags} from '@oclif/core'
import type {BenchRun} from '../../bench/shape/run.ts'
import {BenchCommand} from '../../cli/bench.ts'
import {preset, scenarioFlags} from '../../cli/bench-flags.ts'
import {byQuick} from '../../cli/flag-kind.ts'
import {counts, duration} from '../../cli/flags.ts'

export default class BenchApi extends BenchCommand {
  static override summary = 'Load the HTTP API with more and more clients, and use up its connections.'
  static override description =
    `Documented: health 100 to 200 and admin 50 to 100 requests/s, exhausted at 50 clients. Starts a "qtool serve" of its own,
sends GET /health, GET /admin/queue/stats and uploads of new records from a process of its own, and counts the answers
on both sides. Then holds uploads until the server refuses one, and times its recovery.`
  static override examples = [
    '<%= config.bin %> bench api',
    '<%= config.bin %> bench api --connections 50,500 --for 10s',
  ]
  static override flags = {
    ...scenarioFlags('api'),
    connections: counts({
      max: 5000,
      default: preset((of) => of.api.connections),
      summary: 'Clients of each step; each sends its next request once it has the answer.',
      helpValue: 'N,N',
    }),
    for: duration({
      default: preset((of) => of.api.seconds * 1000),
      summary: 'Measured time of each step.',
      helpValue: 'TIME',
    }),
    records: Flags.integer({
      min: 1,
      max: 10_000,
      ...byQuick(preset((of) => of.api.records)),
      summary: 'Records of an upload.',
    }),
    pool: Flags.integer({
      min: 3,
      max: 1000,
      ...byQuick(preset((of) => of.api.pool)),
      summary: 'Most connections of the server to Redis.',
    }),
  }

  async run(): Promise<BenchRun> {
    const {flags} = await this.parse(BenchApi)
    const {runApi} = await import('../../bench/scenarios/api/api.ts')
    const {API_CONNECTIONS} = await import('../../bench/all.ts')
    const {presets} = await import('../../bench/presets.ts')
    const settings = await this.benchSettings(flags)
    const {connections, records, pool} = flags
    const {warmupSeconds} = presets(flags.quick).api
    const options = {connections, records, pool, seconds: flags.for / 1000, warmupSeconds}
    const on = {settings, signal: this.interruption(), connections: API_CONNECTIONS}
    const run = await this.runScenario('api', flags, on, (bench) => runApi(bench, options))
    await this.finish([run], flags)
    return run
  }
}
