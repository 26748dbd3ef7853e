import {Flags, type Interfaces} from '@oclif/core'
import type {Redis} from 'ioredis'
import {connectionFlags, queueFlag, sinkFlags} from '../../cli/command.ts'
import {bulkFlags, LetterCommand, type Letters} from '../../cli/letters.ts'
import {parseDuration, parsePercent, parseRate} from '../../config/amount.ts'
import {assertNoIdleFlags} from '../../config/idle-flags.ts'
import type {ReplayResult} from '../../letters/replay-result.ts'
import type {ReplayOptions} from '../../letters/run-replay.ts'
import {describeFilter} from '../../queue/letters/filter-flags.ts'

interface DlqReplayResult extends ReplayResult {
  queue: string
}

export default class DlqReplay extends LetterCommand<DlqReplayResult> {
  static override summary = 'Put dead letters back into the queue with their original priority.'
  static override description = [
    'Each item moves atomically: you can interrupt a replay at any moment and run it again to continue. Records that',
    'fail while it runs are skipped. An item that fails again keeps its history of failures; see "qtool dlq show".',
  ].join(' ')
  static override examples = [
    '<%= config.bin %> dlq replay --reason foreign_key --only-passing',
    '<%= config.bin %> dlq replay --since 1d --canary 20 --abort-on 5% --rate 200/s',
    '<%= config.bin %> dlq replay --dry-run',
  ]
  static override flags = {
    ...connectionFlags,
    ...queueFlag,
    ...bulkFlags,
    ...sinkFlags,
    'dry-run': Flags.boolean({summary: 'Only count.'}),
    'only-passing': Flags.boolean({summary: 'Skip those that would fail again; see dlq diagnose.'}),
    rate: Flags.string({summary: 'At most this many items per second.', helpValue: '200/s'}),
    canary: Flags.integer({
      min: 1,
      max: 1000,
      summary: 'Replay N letters first and wait for their outcome.',
    }),
    'abort-on': Flags.string({
      dependsOn: ['canary'],
      summary: 'Abort if more than this share of the canary fails (default: 5%).',
      helpValue: 'PERCENT',
    }),
    'canary-timeout': Flags.string({
      dependsOn: ['canary'],
      summary: 'How long to wait for the canary (default: 60s).',
      helpValue: 'TIME',
    }),
  }

  async run(): Promise<DlqReplayResult> {
    const parsed = await this.parse(DlqReplay)
    const {flags} = parsed
    assertNoIdleFlags(parsed, idleFlags(flags))
    const settings = await this.settings(flags)
    const dryRun = flags['dry-run']
    if (!dryRun) this.writing(settings)
    const {renderReplay} = await import('../../render/replay.ts')
    const queue = settings.queue.value
    const signal = this.interruption()
    const result = await this.withRedis(settings, async (redis) => {
      const letters = await this.findLetters(redis, settings, {flags, use: 'change'})
      const total = await redis.zcard(letters.keys.dead)
      return this.#replay(redis, letters, {flags, signal, total})
    })
    if (result.aborted) this.endAs('check')
    if (signal.aborted) this.endAs('interrupted')
    this.log(renderReplay(queue, result, {dryRun, again: repeatLine(queue, flags)}))
    return {queue, ...result}
  }

  async #replay(
    redis: Redis,
    letters: Letters,
    {flags, signal, total}: {flags: ReplayFlags; signal: AbortSignal; total: number},
  ): Promise<ReplayResult> {
    const {runReplay} = await import('../../letters/run-replay.ts')
    const {ReplayLine} = await import('../../render/replay.ts')
    const {keys, planned: filter, settings} = letters
    const rate = flags.rate === undefined ? undefined : parseRate('--rate', flags.rate)
    const options = {filter, dryRun: flags['dry-run'], rate, canary: parseCanary(flags), signal}
    // Started last, since nothing may fail before `stop` is sure to be called
    const progress = await this.progress('replaying')
    const line = new ReplayLine(total)
    const run = (onReplayed: (count: number) => void) =>
      this.#withJudge(letters, flags, options, (all) =>
        runReplay(redis, keys, {
          ...all,
          onProgress: (replayed, read) => {
            onReplayed(replayed)
            progress.update(line.text(replayed, read))
          },
        }),
      )
    if (options.dryRun) return run(() => {}).finally(progress.stop)
    const did = {action: 'dlq replay', filter: describeReplay(flags)}
    const audited = this.audited(redis, settings, did, async (audit) => {
      const result = await run((count) => {
        audit.count = count
      })
      audit.count = result.replayed
      audit.interrupted = signal.aborted
      return result
    })
    return audited.finally(progress.stop)
  }

  async #withJudge<R>(
    letters: Letters,
    flags: ReplayFlags,
    options: ReplayOptions,
    use: (options: ReplayOptions) => Promise<R>,
  ): Promise<R> {
    if (!flags['only-passing']) return use(options)
    const {judgeLetters} = await import('../../letters/diagnose.ts')
    return this.withBoundSink(letters, flags, (client, sink) =>
      use({
        ...options,
        judge: async (page) => (await judgeLetters(client, sink, page)).map(({state}) => state),
      }),
    )
  }
}

/** Of the flags that say how records become rows only --records matters where nobody asks Postgres: --match reads it. */
function idleFlags(flags: ReplayFlags): Record<string, string | false> {
  const unasked = !flags['only-passing'] && 'without --only-passing'
  const dry = flags['dry-run'] && 'with --dry-run'
  const mapping = {table: unasked, rename: unasked, strict: unasked, 'allow-special-values': unasked}
  return {...mapping, 'max-bytes': unasked, rate: dry, canary: dry}
}

/** The flags that decided which items were replayed, for the audit. */
function describeReplay(flags: ReplayFlags): string {
  const names = ['rate', 'canary', 'abort-on'] as const
  const more = names.flatMap((name) => (flags[name] === undefined ? [] : [`--${name} ${flags[name]}`]))
  const judged = flags['only-passing'] ? ['--only-passing'] : []
  const filter = describeFilter(flags)
  return [...(filter === 'all' && judged.length > 0 ? [] : [filter]), ...judged, ...more].join(' ')
}

/** The command line that continues an interrupted replay. */
function repeatLine(queue: string, flags: ReplayFlags): string {
  const said = describeReplay(flags).replace(/^all\b ?/, '')
  return `qtool dlq replay -q ${queue}${said === '' ? '' : ` ${said}`}`
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
