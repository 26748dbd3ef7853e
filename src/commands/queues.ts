import {Flags} from '@oclif/core'
import {connectionFlags, readFromFlag} from '../cli/shared-flags.ts'
import {WatchCommand, watchFlags} from '../cli/watch.ts'
import type {JudgedList} from '../monitor/survey-monitor.ts'
import {ORDERS} from '../queue/survey/sort-rows.ts'

export default class Queues extends WatchCommand<JudgedList> {
  static override summary =
    'Show every queue of this Redis: what waits, how fast it moves, when it will be empty.'
  static override description = [
    '"qtool" alone does the same. It looks through all keys in small steps, then reads each queue in a time that does not',
    'grow with it, and changes nothing.',
    '\n\n',
    'in/s, out/s and refused/s are records over the last minute: what "qtool enqueue" and the server put in, what workers',
    'were done with, and what of that became dead letters. What other programs put in or take out is not counted.',
    '"empty in" is estimated from how the ready items have changed, and shown with its error.',
  ].join(' ')
  static override examples = [
    '<%= config.bin %> queues',
    '<%= config.bin %> queues --sort oldest --watch',
    "<%= config.bin %> queues --match 'orders*' --memory",
  ]
  static override flags = {
    ...connectionFlags,
    ...readFromFlag,
    ...watchFlags,
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

  async run(): Promise<JudgedList> {
    const {flags} = await this.parse(Queues)
    const {match, sort} = flags
    const settings = await this.settings(flags)
    const signal = this.interruption(null)
    const options = {match, sort, memory: flags.memory || sort === 'memory', signal}
    return this.withSight(settings, async (sight) => {
      const {listQueues, watchQueues} = await import('../operations/list-queues.ts')
      const {renderQueues} = await import('../render/queues.ts')
      const place = {match, style: this.style}
      const servers = this.servers(settings)
      const render = (list: JudgedList, before?: JudgedList, height?: number) =>
        `${servers}\n${renderQueues(list, {...place, width: this.width, before, height})}`
      const caller = this.caller(settings, signal)
      if (flags.watch) {
        const text = (list: JudgedList, before?: JudgedList) =>
          render(list, before, (process.stdout.rows || 24) - 4)
        return this.show(flags, (views) => watchQueues(sight, options, caller, views), text)
      }
      const list = await listQueues(sight, options, caller)
      this.log(render(list))
      return list
    })
  }
}
