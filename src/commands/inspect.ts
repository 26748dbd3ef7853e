import {Flags} from '@oclif/core'
import {connectionFlags, QtoolCommand, queueFlag} from '../command.ts'
import type {QueueInspection} from '../queue/inspect.ts'

export default class Inspect extends QtoolCommand<QueueInspection> {
  static override summary = 'Show what a queue holds and how its Redis is.'
  static override description =
    'Depth, leases, dead letters by reason, age of the oldest item, memory, slow log and clients.'
  static override examples = ['<%= config.bin %> inspect', '<%= config.bin %> inspect -q orders --watch']
  static override flags = {
    ...connectionFlags,
    ...queueFlag,
    watch: Flags.boolean({summary: 'Show it again every two seconds until Ctrl-C.'}),
  }

  async run(): Promise<QueueInspection> {
    const {flags} = await this.parse(Inspect)
    const settings = await this.settings(flags)
    const {inspectQueue} = await import('../queue/inspect.ts')
    const {queueKeys} = await import('../redis/keys.ts')
    const {renderInspection} = await import('../render/inspect.ts')
    const queue = settings.queue.value
    const keys = queueKeys(queue)
    const signal = flags.watch ? this.interruption() : AbortSignal.abort()
    return this.withRedis(settings, async (redis) => {
      for (;;) {
        const found = await inspectQueue(redis, queue, keys)
        if (flags.watch && process.stdout.isTTY) this.log('\x1b[2J\x1b[H')
        this.log(renderInspection(found))
        if (signal.aborted) return found
        const {setTimeout: delay} = await import('node:timers/promises')
        await delay(2000, undefined, {signal}).catch(() => {})
        if (signal.aborted) return found
      }
    })
  }
}
