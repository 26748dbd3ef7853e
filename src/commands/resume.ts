import {connectionFlags, QtoolCommand, queueFlag} from '../command.ts'

interface ResumeResult {
  queue: string
  /** It was paused until now. */
  wasPaused: boolean
}

export default class Resume extends QtoolCommand<ResumeResult> {
  static override summary = 'Let workers take items of a paused queue again.'
  static override examples = ['<%= config.bin %> resume -q orders']
  static override flags = {...connectionFlags, ...queueFlag}

  async run(): Promise<ResumeResult> {
    const {flags} = await this.parse(Resume)
    const settings = await this.settings(flags)
    this.writing(settings)
    const {queueKeys} = await import('../redis/keys.ts')
    const {resumeQueue} = await import('../queue/pause.ts')
    const queue = settings.queue.value
    return this.withRedis(settings, async (redis) => {
      const wasPaused = await resumeQueue(redis, queueKeys(queue))
      if (wasPaused) await this.audit(redis, settings, {action: 'resume', filter: 'all', count: 1})
      this.log(wasPaused ? `queue ${queue} goes on` : `queue ${queue} was not paused`)
      return {queue, wasPaused}
    })
  }
}
