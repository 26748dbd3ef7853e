import {Flags, type Interfaces} from '@oclif/core'
import {duration, percent, rate} from '../../cli/flags.ts'
import {bulkFlags} from '../../cli/letters.ts'
import {OperationCommand, planFlag} from '../../cli/operation.ts'
import {connectionFlags, queueArg, queueFlag, sinkFlags} from '../../cli/shared-flags.ts'
import {assertNoIdleFlags} from '../../config/idle-flags.ts'
import {USUAL_CANARY} from '../../letters/usual-canary.ts'
import type {Caller} from '../../operations/context.ts'
import type {ReplayResult} from '../../operations/replay-letters.ts'

export default class DlqReplay extends OperationCommand<ReplayResult> {
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
  static override args = queueArg
  static override flags = {
    ...connectionFlags,
    ...queueFlag,
    ...bulkFlags,
    ...sinkFlags,
    'dry-run': Flags.boolean({summary: 'Only count.'}),
    ...planFlag,
    yes: Flags.boolean({char: 'y', summary: 'Do not ask; a replay never does.'}),
    'only-passing': Flags.boolean({summary: 'Skip those that would fail again; see dlq diagnose.'}),
    rate: rate({summary: 'At most this many items per second.', helpValue: '200/s'}),
    canary: Flags.integer({min: 1, max: 1000, summary: 'Replay N letters first and wait for their outcome.'}),
    'abort-on': percent({
      dependsOn: ['canary'],
      default: {later: USUAL_CANARY.abortOn},
      summary: 'Abort if more than this share of the canary fails.',
      helpValue: 'PERCENT',
    }),
    'canary-timeout': duration({
      dependsOn: ['canary'],
      default: {later: USUAL_CANARY.timeoutMs},
      summary: 'How long to wait for the canary.',
      helpValue: 'TIME',
    }),
  }

  async run(): Promise<ReplayResult> {
    const parsed = await this.parse(DlqReplay)
    const {flags} = parsed
    assertNoIdleFlags(parsed, idleFlags(flags))
    const settings = await this.settings(flags)
    const {renderReplay} = await import('../../render/replay.ts')
    const signal = this.interruption()
    const {result, dryRun} = await this.#replay(this.caller(settings, signal), flags)
    if (result.aborted) this.endAs('check')
    if (signal.aborted) this.endAs('interrupted')
    this.log(renderReplay(result.queue, result, {dryRun}))
    return result
  }

  async #replay(caller: Caller, flags: ReplayFlags): Promise<{result: ReplayResult; dryRun: boolean}> {
    const {REPLAY_LETTERS, replayLetters} = await import('../../operations/replay-letters.ts')
    if (flags['dry-run'] || flags.plan)
      return this.perform(caller, REPLAY_LETTERS, flags, {flags, ask: () => ''})
    return {result: await replayLetters(caller, flags), dryRun: false}
  }
}

/** Of the flags that say how records become rows only --records matters where nobody asks Postgres: --match reads it. */
function idleFlags(flags: ReplayFlags): Record<string, string | false> {
  const unasked = !flags['only-passing'] && 'without --only-passing'
  const dry = flags['dry-run'] && 'with --dry-run'
  const rows = {route: unasked, map: unasked, 'camel-case': unasked, time: unasked}
  const mapping = {table: unasked, rename: unasked, ...rows, strict: unasked, 'allow-special-values': unasked}
  return {...mapping, 'max-bytes': unasked, rate: dry, canary: dry}
}

type ReplayFlags = Interfaces.InferredFlags<typeof DlqReplay.flags>
