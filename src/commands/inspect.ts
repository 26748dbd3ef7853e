import {Flags} from '@oclif/core'
import {connectionFlags, queueFlag} from '../cli/command.ts'
import {OperationCommand} from '../cli/operation.ts'
import {QtoolError} from '../errors.ts'
import type {Caller} from '../operations/context.ts'
import type {QueueInspection} from '../queue/inspect.ts'
import type {Verification} from '../queue/verify-counts.ts'
import {escapeControls} from '../render/escape.ts'

/** Interval of --watch. */
const EVERY_MS = 2000

export default class Inspect extends OperationCommand<QueueInspection> {
  static override summary = 'Show the state of a queue and of its Redis.'
  static override description =
    `Reads counters, so it takes the same time however large the queue is. --verify counts every dead letter instead and
corrects the counters while workers continue; it exits with 5 if a counter was wrong, for example after a manual DEL.
With --watch --json, each view is one line.`
  static override examples = [
    '<%= config.bin %> inspect',
    '<%= config.bin %> inspect -q orders --watch',
    '<%= config.bin %> inspect -q orders --verify',
  ]
  static override flags = {
    ...connectionFlags,
    ...queueFlag,
    watch: Flags.boolean({summary: 'Refresh every two seconds until Ctrl-C.'}),
    verify: Flags.boolean({
      summary: 'Count every dead letter and correct the counters.',
      exclusive: ['watch'],
    }),
  }

  /** The view of a watched queue that was printed last. */
  #shown?: QueueInspection

  async run(): Promise<QueueInspection> {
    const {flags} = await this.parse(Inspect)
    const settings = await this.settings(flags)
    if (flags.watch) return this.#watch(this.caller(settings, this.interruption()))
    const {inspect} = await import('../operations/inspect.ts')
    const {renderInspection} = await import('../render/inspect.ts')
    const found = await inspect(this.caller(settings, flags.verify ? this.interruption() : undefined), flags)
    if (flags.verify && !found.verified) this.endAs('interrupted')
    else if (found.verified && isMended(found.verified)) this.endAs('check')
    this.log(renderInspection(found))
    return found
  }

  async #watch(caller: Caller): Promise<QueueInspection> {
    const {watch} = await import('../operations/inspect.ts')
    const {renderView} = await import('../render/inspect.ts')
    await watch(caller, EVERY_MS, (found) => {
      if (this.jsonEnabled()) process.stdout.write(`${escapeControls(JSON.stringify(found))}\n`)
      this.log(renderView(found, this.#shown, process.stdout.isTTY))
      this.#shown = found
    })
    this.endAs('interrupted')
    return this.#shown ?? neverShown()
  }

  /** The result of --watch is the last view, which has already been printed. */
  override logJson(json: unknown): void {
    if (json !== this.#shown) super.logJson(json)
  }
}

function isMended({mended, mendedTimes}: Verification): boolean {
  return mended.length + mendedTimes.length > 0
}

function neverShown(): never {
  throw new QtoolError('interrupted before there was anything to show', {
    code: 'INTERRUPTED',
    kind: 'interrupted',
  })
}
