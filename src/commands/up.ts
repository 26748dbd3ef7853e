import {Flags} from '@oclif/core'
import {QtoolCommand} from '../cli/command.ts'
import type {StackView} from '../stack/view.ts'

export default class Up extends QtoolCommand<StackView & {started: boolean}> {
  static override summary = 'Start a local Redis and Postgres.'
  static override description =
    `Needs no configuration and no root: Postgres ships with qtool, Redis is taken from the PATH or from the
distribution's package. Both servers keep running until "qtool down", and their data is kept until "qtool down
--purge". While they run, every command uses them unless a flag, the environment or a profile names other servers.
QTOOL_HOME sets the data folder, QTOOL_CACHE the folder for programs, QTOOL_REDIS_SERVER the Redis to use.

--sentinel adds a replica and three sentinels, which every command then asks for the primary: for trying out what a
failover does. They come up again with every "qtool up" until "qtool down --purge".

--cluster starts a Redis Cluster in place of the single Redis: three primaries with a replica each.`
  static override examples = [
    '<%= config.bin %> up',
    '<%= config.bin %> up --sentinel',
    '<%= config.bin %> up --cluster',
  ]
  static override flags = {
    sentinel: Flags.boolean({summary: 'Also start a replica of Redis and three sentinels.'}),
    cluster: Flags.boolean({
      summary: 'Start a Redis Cluster instead of the single Redis.',
      exclusive: ['sentinel'],
    }),
  }

  async run(): Promise<StackView & {started: boolean}> {
    const {flags} = await this.parse(Up)
    const {up} = await import('../stack/stack.ts')
    const {viewStack} = await import('../stack/view.ts')
    const {renderStack} = await import('../render/stack.ts')
    const {sentinel, cluster} = flags
    const {started} = await this.withProgress({doing: 'starting the local stack'}, (report) =>
      up({env: process.env, sentinel, cluster, onStep: (doing) => report({doing})}),
    )
    const view = await viewStack(process.env)
    this.log(renderStack(view))
    return {...view, started}
  }
}
