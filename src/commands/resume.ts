import {OperationCommand} from '../cli/operation.ts'
import {connectionFlags, queueArg, queueFlag} from '../cli/shared-flags.ts'
import type {ResumeResult} from '../operations/resume.ts'

export default class Resume extends OperationCommand<ResumeResult> {
  static override summary = 'Let workers take items from a paused queue again.'
  static override examples = ['<%= config.bin %> resume -q orders']
  static override args = queueArg
  static override flags = {...connectionFlags, ...queueFlag}

  async run(): Promise<ResumeResult> {
    const {flags} = await this.parse(Resume)
    const settings = await this.settings(flags)
    const {resume} = await import('../operations/resume.ts')
    const result = await resume(this.caller(settings))
    this.log(`queue ${result.queue} ${result.wasPaused ? 'resumed' : 'was not paused'}`)
    return result
  }
}
