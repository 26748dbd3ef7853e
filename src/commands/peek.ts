import {Flags} from '@oclif/core'
import type {Redis} from 'ioredis'
import {connectionFlags, QtoolCommand, queueFlag} from '../cli/command.ts'
import {otherQueueNote, whereFlag} from '../cli/where.ts'
import type {Settings} from '../config/settings.ts'
import type {PeekedItem} from '../queue/engine.ts'

interface PeekResult {
  queue: string
  ready: number
  /** Items that were read to find these. */
  searched: number
  items: PeekedItem[]
}

export default class Peek extends QtoolCommand<PeekResult> {
  static override summary = 'Show the next items without taking them.'
  static override examples = [
    '<%= config.bin %> peek',
    '<%= config.bin %> peek -n 3 --json',
    "<%= config.bin %> peek --where 'age>10m payload.device.id:7'",
  ]
  static override flags = {
    ...connectionFlags,
    ...queueFlag,
    ...whereFlag,
    limit: Flags.integer({char: 'n', min: 1, max: 10_000, default: 10, summary: 'Items to show.'}),
  }

  async run(): Promise<PeekResult> {
    const {flags} = await this.parse(Peek)
    const settings = await this.settings(flags)
    const {openQueue} = await import('../queue/open.ts')
    const {unknownQueueNote} = await import('../cli/known-queue.ts')
    const {renderPeek} = await import('../render/items.ts')
    const queue = settings.queue.value
    const result = await this.withRedis(settings, async (redis) => {
      const engine = openQueue(redis, {name: queue})
      const [ready, note] = await Promise.all([engine.depth(), unknownQueueNote(redis, queue)])
      if (note) this.note(note)
      if (flags.where !== undefined)
        return this.#search(redis, settings, {...flags, where: flags.where, ready})
      const items = await engine.peek(flags.limit)
      return {queue, ready, searched: items.length, items}
    })
    this.log(renderPeek(result, {isFiltered: flags.where !== undefined, width: this.width}))
    return result
  }

  async #search(
    redis: Redis,
    settings: Settings,
    {where, limit, ready}: {where: string; limit: number; ready: number},
  ): Promise<PeekResult> {
    const {readyFilter} = await import('../cli/ready-filter.ts')
    const {peekMatching} = await import('../queue/zset/peek.ts')
    const {queueKeys} = await import('../redis/keys.ts')
    const {count, plural} = await import('../render/format.ts')
    const queue = settings.queue.value
    const filter = await readyFilter(redis, settings, where)
    const note = otherQueueNote(filter.expression, queue)
    if (note) this.note(note)
    const signal = this.interruption()
    const progress = await this.progress('searching')
    const onProgress = (read: number) =>
      progress.update(`searched ${count(read)} of ${plural(ready, 'item')}`)
    const options = {filter, limit, signal, onProgress}
    const found = await peekMatching(redis, queueKeys(queue).ready, options).finally(progress.stop)
    if (signal.aborted) this.endAs('interrupted')
    return {queue, ready, ...found}
  }
}
