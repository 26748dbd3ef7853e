import {DemoCommand} from '../../cli/demo.ts'
import {connectionFlags} from '../../cli/shared-flags.ts'
import type {NightResult} from '../../operations/demo-night.ts'

export default class DemoNight extends DemoCommand<NightResult> {
  static override summary = 'Create a queue after a night of failures, to practise on.'
  static override description =
    `Starts the local stack unless other servers are configured, and fills the queue qtool_night and the schema qtool_night, which it
makes anew each time. Most orders of the night are written. The others are dead letters: customers that are missing, numbers
and times in formats that Postgres refuses, a payload that was cut off, and letters of another service. docs/night.md tells
how to get them all through.`
  static override examples = ['<%= config.bin %> demo night']
  static override flags = connectionFlags

  async run(): Promise<NightResult> {
    const {flags} = await this.parse(DemoNight)
    const result = await this.withServers(flags, async (caller, report) => {
      const {demoNight} = await import('../../operations/demo-night.ts')
      return demoNight(caller, report)
    })
    const {renderNight} = await import('../../render/demo-night.ts')
    this.log(renderNight(result))
    return result
  }
}
