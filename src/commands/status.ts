import {QtoolCommand} from '../cli/command.ts'
import type {StackView} from '../stack/view.ts'

export default class Status extends QtoolCommand<StackView> {
  static override summary = 'Show the local Redis and Postgres.'
  static override description = 'Passwords are masked. Exit code 0 whether the stack runs or not.'
  static override examples = ['<%= config.bin %> status', '<%= config.bin %> status --json']

  async run(): Promise<StackView> {
    await this.parse(Status)
    const {viewStack} = await import('../stack/view.ts')
    const {renderStack} = await import('../render/stack.ts')
    const view = await viewStack(process.env)
    this.log(renderStack(view))
    return view
  }
}
