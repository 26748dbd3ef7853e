import {Flags} from '@oclif/core'
import {connectionFlags, QtoolCommand, queueFlag} from '../cli/command.ts'
import {parseDuration} from '../config/amount.ts'
import type {PauseState} from '../queue/pause.ts'

interface PauseResult extends PauseState {
  queue: string
}

/** A year: Redis measures the time, not a timer of this process. */
const MOST_MS = 365 * 86_400_000

export default class Pause extends QtoolCommand<PauseResult> {
  static override summary = 'Stop all workers from taking new items until "qtool resume".'
  static override description =
    'Workers stop within a second and finish the leases they hold. Items can still be enqueued.'
  static override examples = ['<%= config.bin %> pause -q orders', '<%= config.bin %> pause --for 10m']
  static override flags = {
    ...connectionFlags,
    ...queueFlag,
    for: Flags.string({summary: 'Resume automatically after this long.', helpValue: '10m'}),
  }

  async run(): Promise<PauseResult> {
    const {flags} = await this.parse(Pause)
    const settings = await this.settings(flags)
    this.writing(settings)
    const {requireQueue} = await import('../cli/known-queue.ts')
    const {queueKeys} = await import('../redis/keys.ts')
    const {pauseQueue, readPause} = await import('../queue/pause.ts')
    const {duration} = await import('../render/format.ts')
    const queue = settings.queue.value
    const keys = queueKeys(queue)
    const forMs = flags.for === undefined ? undefined : parseDuration('--for', flags.for, MOST_MS)
    return this.withRedis(settings, async (redis) => {
      await requireQueue(redis, queue)
      const did = {action: 'pause', filter: flags.for ? `--for ${flags.for}` : 'all'}
      await this.audited(redis, settings, did, async (audit) => {
        await pauseQueue(redis, keys, forMs)
        audit.count = 1
      })
      const until = forMs === undefined ? 'until "qtool resume"' : `for ${duration(forMs)}`
      this.log(`queue ${queue} is paused ${until}`)
      return {queue, ...(await readPause(redis, keys))}
    })
  }
}
