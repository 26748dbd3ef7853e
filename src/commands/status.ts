import {QtoolCommand} from '../command.ts'
import type {StackView} from '../stack/view.ts'

export default class Status extends QtoolCommand<StackView> {
  static override summary = 'Show the local Redis and Postgres.'
  static override examples = ['<%= config.bin %> status', '<%= config.bin %> status --json']

  async run(): Promise<StackView> {
    await this.parse(Status)
    const {viewStack} = await import('../stack/view.ts')
    const {readState} = await import('../stack/state.ts')
    const {renderStack} = await import('../render/stack.ts')
    const view = viewStack(readState(process.env))
    this.log(renderStack(view))
    return view
  }
}
