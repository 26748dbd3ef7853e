import {duration} from '../cli/flags.ts'
import {OperationCommand} from '../cli/operation.ts'
import {connectionFlags, queueArg, queueFlag} from '../cli/shared-flags.ts'
import type {PauseResult} from '../operations/pause.ts'

/** A year: Redis measures the time, not a timer of this process. */
const MOST_MS = 365 * 86_400_000

export default class Pause extends OperationCommand<PauseResult> {
  static override summary = 'Stop all workers from taking new items until "qtool resume".'
  static override description =
    'Workers stop within a second and finish the leases they hold. Items can still be enqueued.'
  static override examples = ['<%= config.bin %> pause -q orders', '<%= config.bin %> pause --for 10m']
  static override args = queueArg
  static override flags = {
    ...connectionFlags,
    ...queueFlag,
    for: duration({max: MOST_MS, summary: 'Resume automatically after this long.', helpValue: '10m'}),
  }

  async run(): Promise<PauseResult> {
    const {flags} = await this.parse(Pause)
    const settings = await this.settings(flags)
    const {pause} = await import('../operations/pause.ts')
    const {renderPause} = await import('../render/pause.ts')
    const {for: forMs} = flags
    const result = await pause(this.caller(settings), {forMs})
    this.log(renderPause(result.queue, forMs))
    return result
  }
}
