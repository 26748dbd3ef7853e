import {Args, Flags} from '@oclif/core'
import type {RunComparison} from '../../bench/compare.ts'
import {BenchCommand} from '../../command/bench.ts'
import {parsePercent} from '../../config/amount.ts'

export default class BenchCompare extends BenchCommand<RunComparison> {
  static override summary = 'Say whether B is slower than A, or whether that is noise.'
  static override description =
    `The rounds of both sides are compared with a Mann-Whitney test, corrected for the number of figures, and a bootstrap
interval of the ratio of their medians. Worse is only what is certain and larger than the tolerance; then the exit
code is 5. Runs that differ in machine, servers, settings or parameters are refused. Run A and B in turns, a few
rounds each time, with a --label for each.`
  static override examples = [
    '<%= config.bin %> bench compare last-1 last',
    '<%= config.bin %> bench compare main branch --tolerance 5%',
  ]
  static override args = {
    a: Args.string({required: true, ignoreStdin: true, description: 'Id or label of what it was.'}),
    b: Args.string({required: true, ignoreStdin: true, description: 'Id or label of what it is now.'}),
  }
  static override flags = {
    tolerance: Flags.string({default: '3%', summary: 'A change that does not matter.', helpValue: 'PERCENT'}),
    'allow-different': Flags.boolean({summary: 'Compare runs of different machines, servers or parameters.'}),
  }

  async run(): Promise<RunComparison> {
    const {args, flags} = await this.parse(BenchCompare)
    const {compareRuns} = await import('../../bench/compare.ts')
    const {findRuns} = await import('../../bench/store.ts')
    const {renderCompare} = await import('../../render/bench/compare.ts')
    const folder = await this.runsFolder()
    const [a, b] = [await findRuns(folder, args.a), await findRuns(folder, args.b)]
    const result = compareRuns(a, b, {
      tolerance: parsePercent('--tolerance', flags.tolerance),
      allowDifferent: flags['allow-different'],
    })
    if (result.state === 'regression') this.endAs('check')
    this.log(renderCompare(result, this.width))
    return result
  }
}
