import type {BenchRun} from '../../bench/shape/run.ts'
import {BenchCommand} from '../../cli/bench.ts'
import {batchFlag, preset, scenarioFlags, workersFlag} from '../../cli/bench-flags.ts'
import {count, percent} from '../../cli/flags.ts'

export default class BenchBombard extends BenchCommand {
  static override summary = 'Enqueue many records at once, drain them, and prove that none is lost.'
  static override description =
    `Documented: 50,000 items in 13 s, none lost, every invalid item a dead letter. Uses its own queue and schema, which are
removed afterwards.`
  static override examples = [
    '<%= config.bin %> bench bombard',
    '<%= config.bin %> bench bombard --count 500k --workers 20 --html report.html',
  ]
  static override flags = {
    ...scenarioFlags('bombard'),
    ...workersFlag('bombard'),
    ...batchFlag('bombard'),
    count: count({
      char: 'n',
      default: preset((of) => of.bombard.count),
      summary: 'Records.',
      helpValue: '50k',
    }),
    invalid: percent({
      default: preset((of) => of.bombard.invalid),
      summary: 'Share of invalid records, which become dead letters.',
      helpValue: 'PERCENT',
    }),
  }

  async run(): Promise<BenchRun> {
    const {flags} = await this.parse(BenchBombard)
    const {runBombard} = await import('../../bench/scenarios/bombard.ts')
    const {count, invalid, workers, batch} = flags
    const settings = await this.benchSettings(flags)
    const on = {settings, connections: workers, signal: this.interruption()}
    const run = await this.runScenario('bombard', flags, on, (bench) =>
      runBombard(bench, {count, invalid, workers, batch}),
    )
    await this.finish([run], flags)
    return run
  }
}
