import {Flags} from '@oclif/core'
import {OperationCommand} from '../cli/operation.ts'
import {connectionFlags, queueArg, readFromFlag} from '../cli/shared-flags.ts'
import type {ProgressPlace} from '../cli/show-progress.ts'
import {assertScreen} from '../cli/top/assert-screen.ts'
import type {TopSession} from '../cli/top/session.ts'
import {TOP_ORDERS} from '../cli/top/state.ts'
import {type Settings, withQueueName} from '../config/settings.ts'
import type {Sight, TopResult} from '../operations/top.ts'

export default class Top extends OperationCommand<TopResult> {
  static override summary = 'Watch all queues of this Redis, full screen.'
  static override description =
    `Keys: arrows choose, Enter opens a queue, Esc goes back, s sorts, / filters, ? lists all keys, q quits. P pauses and R
resumes a queue, X replays dead letters; each asks first. Without keys, it changes nothing.`
  static override examples = [
    '<%= config.bin %> top',
    '<%= config.bin %> top -q orders',
    '<%= config.bin %> top --once --json',
  ]
  static override args = queueArg
  static override flags = {
    ...connectionFlags,
    ...readFromFlag,
    queue: Flags.string({char: 'q', summary: 'Open this queue.', helpValue: 'NAME'}),
    match: Flags.string({
      summary: 'Only queues whose name matches: * and ? stand for others, [ab] for a or b.',
      helpValue: 'GLOB',
    }),
    sort: Flags.option({options: TOP_ORDERS, default: 'state' as const})({
      summary: 'Sort by state, the worst first, by name, or by a figure, the largest first.',
    }),
    once: Flags.boolean({summary: 'Print one view and end, for scripts.'}),
  }

  #session?: TopSession

  async run(): Promise<TopResult> {
    const {flags} = await this.parse(Top)
    if (!flags.once) assertScreen({isJson: this.jsonEnabled()})
    const settings = await this.settings(flags)
    const signal = this.interruption()
    return this.withSight(settings, (sight) =>
      flags.once ? this.#once(sight, flags, signal) : this.#watch(sight, settings, flags, signal),
    )
  }

  async #once(sight: Sight, flags: TopFlags, signal: AbortSignal): Promise<TopResult> {
    const {topOnce} = await import('../operations/top.ts')
    const {showOnce} = await import('../cli/top/once.ts')
    const result = await topOnce(sight, {queue: flags.queue, match: flags.match, signal})
    this.log(showOnce(result, {server: sight.server, sort: flags.sort, width: this.width}))
    return result
  }

  async #watch(sight: Sight, settings: Settings, flags: TopFlags, signal: AbortSignal): Promise<TopResult> {
    const {startSession} = await import('../cli/top/start.ts')
    const stopping = new AbortController()
    const either = AbortSignal.any([signal, stopping.signal])
    this.#session = await startSession(sight, {
      ...flags,
      signal: either,
      // What changes something goes to the primary
      callerFor: (queue) => this.caller({...withQueueName(settings, queue), readFrom: 'primary'}, either),
      redact: this.redact,
      stop: () => stopping.abort(),
    })
    const ending = await this.#session.run(signal)
    this.#session = undefined
    if (ending === 'interrupt') this.endAs('interrupted')
    return {queues: [], observation: null, readFrom: null, unreachable: []}
  }

  /** On the screen, which a line on stderr would spoil. */
  protected override note(text: string): void {
    if (this.#session) this.#session.say(this.redact(text))
    else super.note(text)
  }

  protected override get progressPlace(): ProgressPlace {
    const session = this.#session
    return session ? {say: (text) => session.say(text)} : super.progressPlace
  }
}

interface TopFlags {
  queue?: string
  match?: string
  sort: (typeof TOP_ORDERS)[number]
}
