import {Args, Flags} from '@oclif/core'
import type {BenchRun} from '../../bench/shape/run.ts'
import {BenchCommand} from '../../cli/bench.ts'

interface BenchShowResult {
  runs: BenchRun[]
}

export default class BenchShow extends BenchCommand<BenchShowResult> {
  static override summary = 'Show stored runs, or write their report.'
  static override examples = [
    '<%= config.bin %> bench show last',
    '<%= config.bin %> bench show 20261125-034012-sustained-4f2a --html report.html',
  ]
  static override args = {
    run: Args.string({
      ignoreStdin: true,
      default: 'last',
      description: 'Run id or label, "last", or "last-1" for the one before it.',
    }),
  }
  static override flags = {
    html: Flags.string({summary: 'Write a report with plots to this file.', helpValue: 'FILE'}),
    markdown: Flags.string({summary: 'Write a report as Markdown to this file.', helpValue: 'FILE'}),
  }

  async run(): Promise<BenchShowResult> {
    const {args, flags} = await this.parse(BenchShow)
    const {findRuns} = await import('../../bench/store/store.ts')
    const runs = await findRuns(await this.runsFolder(), args.run)
    await this.print(runs, flags)
    return {runs}
  }
}
