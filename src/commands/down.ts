import {Flags} from '@oclif/core'
import {QtoolCommand} from '../command.ts'
import type {StackView} from '../stack/view.ts'

export default class Down extends QtoolCommand<StackView & {purged: boolean}> {
  static override summary = 'Stop the local Redis and Postgres.'
  static override description = 'The data stays, and "qtool up" goes on with it, unless --purge removes it.'
  static override examples = ['<%= config.bin %> down', '<%= config.bin %> down --purge --yes']
  static override flags = {
    purge: Flags.boolean({summary: 'Remove the data as well.'}),
    yes: Flags.boolean({char: 'y', summary: 'Do not ask.'}),
  }

  async run(): Promise<StackView & {purged: boolean}> {
    const {flags} = await this.parse(Down)
    const {down} = await import('../stack/stack.ts')
    const {viewStack} = await import('../stack/view.ts')
    const {readState} = await import('../stack/state.ts')
    const state = readState(process.env)
    if (flags.purge && state) {
      await this.confirm(`this removes the data in ${state.redis.folder} and ${state.postgres.folder}`, flags)
    }
    const stopped = await down(process.env, {purge: flags.purge})
    const purged = flags.purge && stopped !== undefined
    this.log(
      stopped ? `the local stack is down${purged ? ' and its data removed' : ''}` : 'there is no local stack',
    )
    return {...viewStack(readState(process.env)), purged}
  }
}
