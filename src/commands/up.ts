import {QtoolCommand} from '../command.ts'
import type {StackView} from '../stack/view.ts'

export default class Up extends QtoolCommand<StackView & {started: boolean}> {
  static override summary = 'Start a local Redis and Postgres.'
  static override description =
    `Needs no set-up and no root: Postgres comes with qtool, Redis is found on the PATH or taken from the
distribution's package. The data stays until "qtool down --purge". While the stack runs, every command uses it
unless a flag, the environment or a profile names other servers. QTOOL_HOME names another folder for the data,
QTOOL_CACHE one for the programs, QTOOL_REDIS_SERVER the Redis to use.`
  static override examples = ['<%= config.bin %> up']

  async run(): Promise<StackView & {started: boolean}> {
    await this.parse(Up)
    const {up} = await import('../stack/stack.ts')
    const {viewStack} = await import('../stack/view.ts')
    const {renderStack} = await import('../render/stack.ts')
    const progress = await this.progress('starting the local stack')
    const {started} = await up({env: process.env, onStep: progress.update}).finally(progress.stop)
    const view = await viewStack(process.env)
    this.log(renderStack(view))
    return {...view, started}
  }
}
