import {Flags} from '@oclif/core'
import {connectionFlags, QtoolCommand, queueFlag} from '../cli/command.ts'
import type {PeekedItem} from '../queue/engine.ts'

interface PeekResult {
  queue: string
  ready: number
  items: PeekedItem[]
}

export default class Peek extends QtoolCommand<PeekResult> {
  static override summary = 'Show the next items without taking them.'
  static override examples = ['<%= config.bin %> peek', '<%= config.bin %> peek -n 3 --json']
  static override flags = {
    ...connectionFlags,
    ...queueFlag,
    limit: Flags.integer({char: 'n', min: 1, max: 10_000, default: 10, summary: 'Items to show.'}),
  }

  async run(): Promise<PeekResult> {
    const {flags} = await this.parse(Peek)
    const settings = await this.settings(flags)
    const {openQueue} = await import('../queue/open.ts')
    const {unknownQueueNote} = await import('../cli/known-queue.ts')
    const {renderPeek} = await import('../render/items.ts')
    const queue = settings.queue.value
    const [items, ready, note] = await this.withRedis(settings, (redis) => {
      const engine = openQueue(redis, {name: queue})
      return Promise.all([engine.peek(flags.limit), engine.depth(), unknownQueueNote(redis, queue)])
    })
    if (note) this.note(note)
    this.log(renderPeek(queue, items, ready, this.width))
    return {queue, ready, items}
  }
}
