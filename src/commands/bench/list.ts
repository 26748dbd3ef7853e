import type {BenchRun} from '../../bench/shape/run.ts'
import {BenchCommand} from '../../cli/bench.ts'

interface BenchListResult {
  runs: Array<Pick<BenchRun, 'id' | 'scenario' | 'label' | 'startedAt' | 'state' | 'verdict'>>
  /** Files in the folder that hold no run. */
  broken: number
}

export default class BenchList extends BenchCommand<BenchListResult> {
  static override summary = 'List stored runs, newest last.'
  static override examples = ['<%= config.bin %> bench list']

  async run(): Promise<BenchListResult> {
    await this.parse(BenchList)
    const {listRuns} = await import('../../bench/store/store.ts')
    const {renderRunList} = await import('../../render/bench/list.ts')
    const {runs, broken} = await listRuns(await this.runsFolder())
    if (broken > 0)
      this.note(`${broken} files in the runs folder are not valid runs of this version (ignored)`)
    this.log(renderRunList(runs, this.width))
    return {
      runs: runs.map(({id, scenario, label, startedAt, state, verdict}) => ({
        id,
        scenario,
        label,
        startedAt,
        state,
        verdict,
      })),
      broken,
    }
  }
}
