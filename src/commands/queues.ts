import {Flags} from '@oclif/core'
import {connectionFlags, readFromFlag} from '../cli/shared-flags.ts'
import {WatchCommand, watchFlag} from '../cli/watch.ts'
import type {QueueList} from '../queue/survey/queue-survey.ts'
import {ORDERS} from '../queue/survey/sort-rows.ts'

export default class Queues extends WatchCommand<QueueList> {
  static override summary = 'List every queue of this Redis.'
  static override description = [
    'Looks through all keys in small steps, then reads each queue in a time that does not grow with it. It changes nothing.',
    '\n\n',
    'in/s and out/s are records that "qtool enqueue" has put in and that workers have written or set aside as dead letters,',
    'measured for a second, or with --watch since the view before. What other programs put in or take out is not counted.',
    'A queue that nobody has counted for has no rate.',
  ].join(' ')
  static override examples = [
    '<%= config.bin %> queues',
    '<%= config.bin %> queues --sort oldest --watch',
    "<%= config.bin %> queues --match 'orders*' --memory",
  ]
  static override flags = {
    ...connectionFlags,
    ...readFromFlag,
    ...watchFlag,
    match: Flags.string({
      summary: 'Only queues whose name matches: * and ? stand for others, [ab] for a or b.',
      helpValue: 'GLOB',
    }),
    sort: Flags.option({options: ORDERS, default: 'name' as const})({
      summary: 'Sort by name, or by a figure, the largest first.',
    }),
    memory: Flags.boolean({
      summary: 'Measure the memory of ready items and dead letters; a large queue takes Redis 4 ms.',
    }),
  }

  async run(): Promise<QueueList> {
    const {flags} = await this.parse(Queues)
    const {match, sort} = flags
    const settings = await this.settings(flags)
    const {listQueues, watchQueues} = await import('../operations/list-queues.ts')
    const {renderQueues} = await import('../render/queues.ts')
    const caller = this.caller(settings, this.interruption())
    const options = {match, sort, memory: flags.memory || sort === 'memory'}
    const place = {match, width: this.width}
    if (flags.watch) {
      const height = process.stdout.rows
      return this.show(
        (views) => watchQueues(caller, options, views),
        (list) => renderQueues(list, {...place, height}),
      )
    }
    const list = await listQueues(caller, options)
    this.log(renderQueues(list, place))
    return list
  }
}
