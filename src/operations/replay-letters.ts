import {parseDuration, parsePercent, parseRate} from '../config/amount.ts'
import {judgeLetters} from '../letters/diagnose.ts'
import type {ReplayResult} from '../letters/replay-result.ts'
import {type ReplayOptions, runReplay} from '../letters/run-replay.ts'
import {describeFilter, type FilterFlags} from '../queue/letters/filter-flags.ts'
import {ReplayLine} from '../render/replay.ts'
import {type SinkInput, withBoundSink} from './bound-sink.ts'
import {change} from './change.ts'
import type {Caller, Context} from './context.ts'
import {type FoundLetters, findLetters} from './find-letters.ts'
import {requireQueue} from './known-queue.ts'

export interface ReplayInput extends FilterFlags, SinkInput {
  'only-passing': boolean
  rate?: string
  canary?: number
  'abort-on'?: string
  'canary-timeout'?: string
}

/** Puts dead letters back into the queue. @param dryRun only counts */
export async function replayLetters(
  caller: Caller,
  input: ReplayInput,
  {dryRun}: {dryRun: boolean},
): Promise<ReplayResult> {
  const pace = paceOf(input)
  if (!dryRun) caller.actor.assertMayWrite()
  return caller.withQueue(async (context) => {
    await requireQueue(context.queue)
    const found = await findLetters(context, input)
    if (dryRun) return run(context, found, {input, pace, dryRun})
    return change(context, {action: 'dlq replay', filter: describeReplay(input)}, async (progress) => {
      const onReplayed = (count: number) => {
        progress.count = count
      }
      const result = await run(context, found, {input, pace, dryRun, onReplayed})
      progress.count = result.replayed
      return result
    })
  })
}

async function run(
  context: Context,
  found: FoundLetters,
  how: {input: ReplayInput; pace: Pace; dryRun: boolean; onReplayed?: (count: number) => void},
): Promise<ReplayResult> {
  const {queue, signal, withProgress} = context
  const {input, pace, dryRun, onReplayed} = how
  const options = {...pace, filter: found.planned, dryRun, signal}
  const line = new ReplayLine(await queue.letters.count())
  return withProgress('replaying', (say) => {
    const onProgress = (replayed: number, read: number) => {
      onReplayed?.(replayed)
      say(line.text(replayed, read))
    }
    return withJudge(context, found, input, (judge) => runReplay(queue, {...options, judge, onProgress}))
  })
}

/** Lends a judge that asks Postgres, if only letters that pass are wanted. */
async function withJudge<R>(
  context: Context,
  found: FoundLetters,
  input: ReplayInput,
  use: (judge: ReplayOptions['judge']) => Promise<R>,
): Promise<R> {
  if (!input['only-passing']) return use(undefined)
  return withBoundSink(context, found, input, (client, sink) =>
    use(async (page) => (await judgeLetters(client, sink, page)).map(({state}) => state)),
  )
}

/** The input that decided which items were replayed, as it would be typed, for the audit. */
function describeReplay(input: ReplayInput): string {
  const names = ['rate', 'canary', 'abort-on'] as const
  const more = names.flatMap((name) => (input[name] === undefined ? [] : [`--${name} ${input[name]}`]))
  const judged = input['only-passing'] ? ['--only-passing'] : []
  const filter = describeFilter(input)
  return [...(filter === 'all' && judged.length > 0 ? [] : [filter]), ...judged, ...more].join(' ')
}

/** The command line that continues an interrupted replay. */
export function repeatLine(queue: string, input: ReplayInput): string {
  const said = describeReplay(input).replace(/^all\b ?/, '')
  return `qtool dlq replay -q ${queue}${said === '' ? '' : ` ${said}`}`
}

type Pace = Pick<ReplayOptions, 'rate' | 'canary'>

/** @throws QtoolError (usage) */
function paceOf(input: ReplayInput): Pace {
  const {rate, canary: count} = input
  const canary =
    count === undefined
      ? undefined
      : {
          count,
          abortOn: parsePercent('--abort-on', input['abort-on'] ?? '5%'),
          timeoutMs: parseDuration('--canary-timeout', input['canary-timeout'] ?? '60s'),
        }
  return {rate: rate === undefined ? undefined : parseRate('--rate', rate), canary}
}
