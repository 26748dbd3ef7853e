import {Args} from '@oclif/core'
import {connectionFlags, QtoolCommand, queueFlag} from '../../command.ts'
import {usageError} from '../../errors.ts'
import type {DeadLetterView} from '../../queue/letter.ts'

export default class DlqShow extends QtoolCommand<DeadLetterView> {
  static override summary = 'Show one dead letter whole: why it failed, and its exact payload.'
  static override examples = ['<%= config.bin %> dlq show 89a1e82e-99e1-4ef5-aed7-448ebcb1b49d:0']
  static override args = {
    id: Args.string({required: true, ignoreStdin: true, description: 'Id, as dlq list shows it.'}),
  }
  static override flags = {...connectionFlags, ...queueFlag}

  async run(): Promise<DeadLetterView> {
    const {args, flags} = await this.parse(DlqShow)
    const settings = await this.settings(flags)
    const {findLetter} = await import('../../queue/letter-scan.ts')
    const {queueKeys} = await import('../../redis/keys.ts')
    const {renderLetter} = await import('../../render/letters.ts')
    const queue = settings.queue.value
    const letter = await this.withRedis(settings, (redis) =>
      findLetter(redis, queueKeys(queue).dead, args.id),
    )
    if (!letter)
      throw usageError(
        `expected the id of a dead letter of ${queue}, found none that is ${args.id}`,
        'qtool dlq list shows the ids',
      )
    this.log(renderLetter(letter.view()))
    return letter.view()
  }
}
