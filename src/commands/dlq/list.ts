import {Flags} from '@oclif/core'
import {connectionFlags, queueFlag} from '../../cli/command.ts'
import {LetterCommand, letterFlags, recordsFlag} from '../../cli/letters.ts'
import type {LetterSurvey} from '../../queue/letters/letter-survey.ts'

interface DlqListResult extends LetterSurvey {
  queue: string
}

export default class DlqList extends LetterCommand<DlqListResult> {
  static override summary = 'List dead letters, grouped by reason and error, newest first.'
  static override description = [
    'Values are left out of the errors, so that the same fault with different values is one group. Without a filter, all',
    'letters are counted and the newest 5,000 are grouped, which takes the same time however many there are; --all groups',
    'every letter. A filter by id or time reads only what it means; any other filter reads every letter.',
  ].join(' ')
  static override examples = [
    '<%= config.bin %> dlq list',
    '<%= config.bin %> dlq list --reason foreign_key --since 2h -n 50',
    "<%= config.bin %> dlq list --where 'code:23* NOT (payload.source:igc OR text:Alpine)'",
    "<%= config.bin %> dlq list --match 'device.id=7'",
  ]
  static override flags = {
    ...connectionFlags,
    ...queueFlag,
    ...letterFlags,
    ...recordsFlag,
    limit: Flags.integer({char: 'n', min: 0, max: 10_000, default: 20, summary: 'Dead letters to show.'}),
    all: Flags.boolean({summary: 'Read every dead letter, not only the newest.'}),
  }

  async run(): Promise<DlqListResult> {
    const {flags} = await this.parse(DlqList)
    const settings = await this.settings(flags)
    const {firstFilterFlag} = await import('../../queue/letters/filter-flags.ts')
    const {surveyAll, surveyNewest} = await import('../../queue/letters/letter-survey.ts')
    const {count, plural} = await import('../../render/format.ts')
    const {renderSurvey} = await import('../../render/letter-survey.ts')
    const {limit: show, ...filtering} = flags
    const result = await this.withRedis(settings, async (redis) => {
      const {queue, keys, filter} = await this.findLetters(redis, settings, {flags: filtering, use: 'read'})
      if (!flags.all && firstFilterFlag(filtering) === undefined) {
        return {queue, ...(await surveyNewest(redis, keys, {show, records: filter.records}))}
      }
      const total = await redis.zcard(keys.dead)
      const progress = await this.progress('reading')
      const onProgress = (read: number, matched: number) =>
        progress.update(`reading: ${count(read)} of ${plural(total, 'letter')}, ${count(matched)} matched`)
      const survey = await surveyAll(redis, keys, {filter, show, onProgress}).finally(progress.stop)
      return {queue, ...survey}
    })
    this.log(renderSurvey(result.queue, result, this.width))
    return result
  }
}
