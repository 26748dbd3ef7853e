import {setTimeout as delay} from 'node:timers/promises'
import {Flags} from '@oclif/core'
import type {Redis} from 'ioredis'
import {connectionFlags, QtoolCommand, queueFlag} from '../cli/command.ts'
import {QtoolError} from '../errors.ts'
import {untilAborted} from '../producer/until-aborted.ts'
import type {QueueInspection} from '../queue/inspect.ts'
import type {QueueKeys} from '../redis/keys.ts'
import {escapeControls} from '../render/escape.ts'

/** Interval of --watch. */
const EVERY_MS = 2000

export default class Inspect extends QtoolCommand<QueueInspection> {
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
    if (flags.verify) this.writing(settings)
    const {unknownQueueNote} = await import('../cli/known-queue.ts')
    const {queueKeys} = await import('../redis/keys.ts')
    const {inspectQueue} = await import('../queue/inspect.ts')
    const queue = settings.queue.value
    const keys = queueKeys(queue)
    return this.withRedis(settings, async (redis) => {
      const note = await unknownQueueNote(redis, queue)
      if (note) this.note(note)
      if (flags.watch) return this.#watch(() => inspectQueue(redis, queue, keys))
      const verified = flags.verify ? await this.#verify(redis, keys) : null
      const found = {...(await inspectQueue(redis, queue, keys)), verified}
      const {renderInspection} = await import('../render/inspect.ts')
      this.log(renderInspection(found))
      return found
    })
  }

  async #verify(redis: Redis, keys: QueueKeys): Promise<QueueInspection['verified']> {
    const {verifyCounts} = await import('../queue/verify-counts.ts')
    const signal = this.interruption()
    const progress = await this.progress('counting')
    const onProgress = (letters: number) => progress.update(`counting: ${letters} dead letters`)
    const verified = await verifyCounts(redis, keys, {signal, onProgress}).finally(progress.stop)
    if (!verified) this.endAs('interrupted')
    else if (verified.mended.length + verified.mendedTimes.length > 0) this.endAs('check')
    return verified ?? null
  }

  async #watch(look: () => Promise<QueueInspection>): Promise<QueueInspection> {
    const {renderView} = await import('../render/inspect.ts')
    const signal = this.interruption()
    signal.addEventListener('abort', () => this.endAs('interrupted'))
    for (;;) {
      const found = await untilAborted(look(), signal)
      if (!found) return this.#shown ?? neverShown()
      if (this.jsonEnabled()) process.stdout.write(`${escapeControls(JSON.stringify(found))}\n`)
      this.log(renderView(found, this.#shown, process.stdout.isTTY))
      this.#shown = found
      await delay(EVERY_MS, undefined, {signal}).catch(() => {})
      if (signal.aborted) return found
    }
  }

  /** The result of --watch is the last view, which has already been printed. */
  override logJson(json: unknown): void {
    if (json !== this.#shown) super.logJson(json)
  }
}

function neverShown(): never {
  throw new QtoolError('interrupted before there was anything to show', {
    code: 'INTERRUPTED',
    kind: 'interrupted',
  })
}
