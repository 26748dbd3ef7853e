import {Args} from '@oclif/core'
import {connectionFlags, queueFlag} from '../../cli/command.ts'
import {LetterCommand, recordsFlag} from '../../cli/letters.ts'
import type {DeadLetterView} from '../../queue/letters/letter.ts'

interface DlqShowResult extends DeadLetterView {
  queue: string
}

export default class DlqShow extends LetterCommand<DlqShowResult> {
  static override summary = 'Show one dead letter in full: why it failed, and its exact payload.'
  static override examples = ['<%= config.bin %> dlq show 89a1e82e-99e1-4ef5-aed7-448ebcb1b49d:0']
  static override args = {
    id: Args.string({required: true, ignoreStdin: true, description: 'Id, as shown by dlq list.'}),
  }
  static override flags = {...connectionFlags, ...queueFlag, ...recordsFlag}

  async run(): Promise<DlqShowResult> {
    const {args, flags} = await this.parse(DlqShow)
    const settings = await this.settings(flags)
    const {renderLetter} = await import('../../render/letters.ts')
    const {queue, view} = await this.withRedis(settings, async (redis) => {
      const letters = await this.findLetters(redis, settings, {flags: {}, use: 'read'})
      return {queue: letters.queue, view: (await this.findLetter(redis, letters, args.id)).view()}
    })
    this.log(renderLetter(view))
    return {queue, ...view}
  }
}
