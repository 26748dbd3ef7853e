import {connectionFlags, QtoolCommand, queueFlag} from '../cli/command.ts'

interface ResumeResult {
  queue: string
  /** Whether the queue was paused before. */
  wasPaused: boolean
}

export default class Resume extends QtoolCommand<ResumeResult> {
  static override summary = 'Let workers take items from a paused queue again.'
  static override examples = ['<%= config.bin %> resume -q orders']
  static override flags = {...connectionFlags, ...queueFlag}

  async run(): Promise<ResumeResult> {
    const {flags} = await this.parse(Resume)
    const settings = await this.settings(flags)
    this.writing(settings)
    const {requireQueue} = await import('../cli/known-queue.ts')
    const {queueKeys} = await import('../redis/keys.ts')
    const {resumeQueue} = await import('../queue/pause.ts')
    const queue = settings.queue.value
    return this.withRedis(settings, async (redis) => {
      await requireQueue(redis, queue)
      const wasPaused = await this.audited(
        redis,
        settings,
        {action: 'resume', filter: 'all'},
        async (audit) => {
          const resumed = await resumeQueue(redis, queueKeys(queue))
          audit.count = resumed ? 1 : 0
          return resumed
        },
      )
      this.log(wasPaused ? `queue ${queue} resumed` : `queue ${queue} was not paused`)
      return {queue, wasPaused}
    })
  }
}
