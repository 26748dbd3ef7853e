import {Flags} from '@oclif/core'
import {connectionFlags, letterFlags, QtoolCommand, queueFlag} from '../../command.ts'
import type {LetterSurvey} from '../../queue/letter-groups.ts'

interface DlqListResult extends LetterSurvey {
  queue: string
}

export default class DlqList extends QtoolCommand<DlqListResult> {
  static override summary = 'List dead letters, grouped by reason and error, and the oldest of them.'
  static override description =
    'Values are left out of the errors, so that the same fault with other values is one line. All are counted; -n says how many are shown.'
  static override examples = [
    '<%= config.bin %> dlq list',
    '<%= config.bin %> dlq list --reason foreign_key --since 2h -n 50',
    "<%= config.bin %> dlq list --match 'device.id=7'",
  ]
  static override flags = {
    ...connectionFlags,
    ...queueFlag,
    ...letterFlags,
    limit: Flags.integer({char: 'n', min: 0, max: 10_000, default: 20, summary: 'Dead letters to show.'}),
  }

  async run(): Promise<DlqListResult> {
    const {flags} = await this.parse(DlqList)
    const settings = await this.settings(flags)
    const {surveyLetters} = await import('../../queue/letter-groups.ts')
    const {queueKeys} = await import('../../redis/keys.ts')
    const {renderSurvey} = await import('../../render/letters.ts')
    const queue = settings.queue.value
    const {limit, ...filtering} = flags
    const survey = await this.withRedis(settings, async (redis) => {
      const filter = await this.letterFilter(redis, filtering)
      return surveyLetters(redis, queueKeys(queue).dead, {filter, show: limit})
    })
    this.log(renderSurvey(queue, survey, this.width))
    return {queue, ...survey}
  }
}
