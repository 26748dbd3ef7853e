import {Flags} from '@oclif/core'
import {connectionFlags, QtoolCommand, queueFlag} from '../../command.ts'
import type {DeadLetterView} from '../../queue/dead-letters.ts'

interface DlqListResult {
  queue: string
  total: number
  byReason: Record<string, number>
  items: DeadLetterView[]
}

export default class DlqList extends QtoolCommand<DlqListResult> {
  static override summary = 'List dead letters, oldest first, with their number by reason.'
  static override examples = [
    '<%= config.bin %> dlq list',
    '<%= config.bin %> dlq list --reason foreign_key -n 50',
  ]
  static override flags = {
    ...connectionFlags,
    ...queueFlag,
    reason: Flags.string({summary: 'Only those of this reason.', helpValue: 'REASON'}),
    limit: Flags.integer({char: 'n', min: 1, max: 10_000, default: 20, summary: 'Dead letters to show.'}),
  }

  async run(): Promise<DlqListResult> {
    const {flags} = await this.parse(DlqList)
    const settings = await this.settings(flags)
    const {surveyDeadLetters} = await import('../../queue/dead-letters.ts')
    const {queueKeys} = await import('../../redis/keys.ts')
    const {renderDeadLetters} = await import('../../render/items.ts')
    const queue = settings.queue.value
    const found = await this.withRedis(settings, (redis) =>
      surveyDeadLetters(redis, queueKeys(queue).dead, flags),
    )
    this.log(renderDeadLetters(queue, found.items, found.total, found.byReason, this.width))
    return {queue, ...found}
  }
}
