import {Args, Flags} from '@oclif/core'
import type {RunComparison} from '../../bench/compare/compare.ts'
import {BenchCommand} from '../../cli/bench.ts'
import {percent} from '../../cli/flags.ts'

export default class BenchCompare extends BenchCommand<RunComparison> {
  static override summary = 'Tell whether B is slower than A, or whether the difference is noise.'
  static override description =
    `Compares the rounds of both sides with a Mann-Whitney test, corrected for the number of figures, and a bootstrap interval
for the ratio of their medians. A figure is a regression only if it is significantly worse by more than the
tolerance; the exit code is then 5. Runs that differ in machine, servers, settings or parameters are not compared.
Alternate runs of A and B, a few rounds each, each with its own --label.`
  static override examples = [
    '<%= config.bin %> bench compare last-1 last',
    '<%= config.bin %> bench compare main branch --tolerance 5%',
  ]
  static override args = {
    a: Args.string({required: true, ignoreStdin: true, description: 'Id or label of the baseline.'}),
    b: Args.string({required: true, ignoreStdin: true, description: 'Id or label of the candidate.'}),
  }
  static override flags = {
    tolerance: percent({default: '3%', summary: 'Ignore changes smaller than this.', helpValue: 'PERCENT'}),
    'allow-different': Flags.boolean({summary: 'Compare runs of different machines, servers or parameters.'}),
  }

  async run(): Promise<RunComparison> {
    const {args, flags} = await this.parse(BenchCompare)
    const {compareRuns} = await import('../../bench/compare/compare.ts')
    const {findRuns} = await import('../../bench/store/store.ts')
    const {renderCompare} = await import('../../render/bench/compare.ts')
    const folder = await this.runsFolder()
    const [a, b] = [await findRuns(folder, args.a), await findRuns(folder, args.b)]
    const result = compareRuns(a, b, {
      tolerance: flags.tolerance,
      allowDifferent: flags['allow-different'],
    })
    if (result.state === 'regression') this.endAs('check')
    this.log(renderCompare(result, this.width))
    return result
  }
}
