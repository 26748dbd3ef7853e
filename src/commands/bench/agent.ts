import {Flags} from '@oclif/core'
import type {AgentResult} from '../../bench/agents/run-agent.ts'
import {parseRun, waitFlag} from '../../cli/agents-flags.ts'
import {BenchCommand} from '../../cli/bench.ts'
import {connectionFlags} from '../../cli/shared-flags.ts'
import {isWorkerProcess} from '../../worker/child.ts'

export default class BenchAgent extends BenchCommand<AgentResult> {
  static override summary = 'Send a share of the load of "qtool bench sustained --agents", from this host.'
  static override description =
    `Joins the run of that name on the same Redis, before or after the run has begun, and ends with it. The coordinator says
what to send, starts all agents at the same moment, and adds up what they measured. Times are compared by the clock
of Redis, so the clock of this host need not be right.`
  static override examples = [
    '<%= config.bin %> bench agent --run night-1 --redis-url redis://redis.example:6379',
    '<%= config.bin %> bench sustained --rate 40k --agents 3 --run night-1',
  ]
  static override flags = {
    ...connectionFlags,
    run: Flags.string({
      required: true,
      summary: 'Name of the run, as in --run of the coordinator.',
      helpValue: 'NAME',
      parse: async (text) => parseRun(text),
    }),
    wait: waitFlag('How long to wait for the run to begin.'),
    yes: Flags.boolean({char: 'y', summary: 'Confirm load on the servers of a production profile.'}),
  }

  async run(): Promise<AgentResult> {
    const {inheritedFlags} = await import('../../worker/spread.ts')
    const {stopWithParent} = await import('../../worker/processes.ts')
    const {runAgent} = await import('../../bench/agents/run-agent.ts')
    const {describeShare} = await import('../../bench/agents/describe.ts')
    const {flags: typed} = await this.parse(BenchAgent)
    const flags = {...typed, ...inheritedFlags(process.env)}
    // What may be put under load was settled by the process that started this one
    const settings = isWorkerProcess(process.env)
      ? await this.settings(flags)
      : await this.benchSettings(flags)
    const signal = this.interruption()
    stopWithParent(signal)
    const {run, wait} = flags
    const result = await this.withRedis(settings, (redis) => runAgent(redis, {run, waitMs: wait, signal}))
    if (signal.aborted) this.endAs('interrupted')
    else if (result.unfit !== null) this.endAs('measurement')
    this.log(describeShare(result))
    return result
  }
}
