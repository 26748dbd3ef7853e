import {Flags, type Interfaces} from '@oclif/core'
import type {Redis} from 'ioredis'
import {connectionFlags, letterFlags, QtoolCommand, queueFlag, sinkFlags} from '../../command.ts'
import {parseDuration, parsePercent, parseRate} from '../../config/amount.ts'
import type {Settings} from '../../config/settings.ts'
import type {ReplayOptions, ReplayResult} from '../../letters/run-replay.ts'

interface DlqReplayResult extends ReplayResult {
  queue: string
}

export default class DlqReplay extends QtoolCommand<DlqReplayResult> {
  static override summary = 'Put dead letters back into the queue, with the priority they had.'
  static override description =
    `Each item moves atomically: stop it at any moment and run it again to go on. Letters that fail while it runs are
left. An item that fails again keeps the history of its failures; "qtool dlq show" tells it.`
  static override examples = [
    '<%= config.bin %> dlq replay --reason foreign_key --only-passing',
    '<%= config.bin %> dlq replay --since 1d --canary 20 --abort-on 5% --rate 200/s',
    '<%= config.bin %> dlq replay --dry-run',
  ]
  static override flags = {
    ...connectionFlags,
    ...queueFlag,
    ...letterFlags,
    ...sinkFlags,
    limit: Flags.integer({char: 'n', min: 1, summary: 'At most so many, oldest first.', helpGroup: 'FILTER'}),
    'dry-run': Flags.boolean({summary: 'Only count.'}),
    'only-passing': Flags.boolean({summary: 'Leave those that would fail again; see dlq diagnose.'}),
    rate: Flags.string({summary: 'At most so many a second.', helpValue: '200/s'}),
    canary: Flags.integer({
      min: 1,
      max: 1000,
      summary: 'First so many, and wait until workers are done with them.',
    }),
    'abort-on': Flags.string({
      dependsOn: ['canary'],
      summary: 'Stop where more of the canary fail again; 5% by default.',
      helpValue: 'PERCENT',
    }),
    'canary-timeout': Flags.string({
      dependsOn: ['canary'],
      summary: 'How long to wait for the canary; 60s by default.',
      helpValue: 'TIME',
    }),
  }

  async run(): Promise<DlqReplayResult> {
    const {flags} = await this.parse(DlqReplay)
    const settings = await this.settings(flags)
    const dryRun = flags['dry-run']
    if (!dryRun) this.writing(settings)
    const {renderReplay} = await import('../../render/letters.ts')
    const queue = settings.queue.value
    const signal = this.interruption()
    const result = await this.withRedis(settings, (redis) => this.#replay(redis, settings, flags, signal))
    if (result.aborted) this.endAs('check')
    if (signal.aborted) this.endAs('interrupted')
    this.log(renderReplay(queue, result, dryRun))
    return {queue, ...result}
  }

  async #replay(
    redis: Redis,
    settings: Settings,
    flags: ReplayFlags,
    signal: AbortSignal,
  ): Promise<ReplayResult> {
    const {runReplay} = await import('../../letters/run-replay.ts')
    const {describeFilter} = await import('../../queue/letter-filter.ts')
    const {queueKeys} = await import('../../redis/keys.ts')
    const keys = queueKeys(settings.queue.value)
    const filter = await this.letterFilter(redis, flags)
    const rate = flags.rate === undefined ? undefined : parseRate('--rate', flags.rate)
    const canary = parseCanary(flags)
    // Last, since nothing may fail between its start and its stop
    const progress = await this.progress('replaying')
    const {replayLine} = await import('../../render/letters.ts')
    const started = performance.now()
    const options: ReplayOptions = {
      filter,
      dryRun: flags['dry-run'],
      rate,
      canary,
      signal,
      onProgress: (replayed, read) => progress.update(replayLine(replayed, read, started)),
    }
    const result = await this.#withJudge(settings, flags, options, (all) =>
      runReplay(redis, keys, all),
    ).finally(progress.stop)
    if (!options.dryRun) {
      await this.audit(redis, settings, {
        action: 'dlq replay',
        filter: describeFilter(flags),
        count: result.replayed,
      })
    }
    return result
  }

  async #withJudge<R>(
    settings: Settings,
    flags: ReplayFlags,
    options: ReplayOptions,
    use: (options: ReplayOptions) => Promise<R>,
  ): Promise<R> {
    if (!flags['only-passing']) return use(options)
    const {judgeLetters} = await import('../../letters/diagnose.ts')
    return this.withSink(settings, flags, (client, sink) =>
      use({
        ...options,
        judge: async (letters) => (await judgeLetters(client, sink, letters)).map(({state}) => state),
      }),
    )
  }
}

function parseCanary(flags: ReplayFlags): ReplayOptions['canary'] {
  if (flags.canary === undefined) return undefined
  return {
    count: flags.canary,
    abortOn: parsePercent('--abort-on', flags['abort-on'] ?? '5%'),
    timeoutMs: parseDuration('--canary-timeout', flags['canary-timeout'] ?? '60s'),
  }
}

type ReplayFlags = Interfaces.InferredFlags<typeof DlqReplay.flags>
