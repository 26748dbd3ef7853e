import {durationText, percentText, rateText} from '../config/amount.ts'
import type {KeptCanary, SeenCanary} from '../letters/canary.ts'
import {judgeLetters} from '../letters/diagnose.ts'
import type {ReplayResult as Replayed} from '../letters/replay-result.ts'
import {type ReplayOptions, runReplay} from '../letters/run-replay.ts'
import {USUAL_CANARY} from '../letters/usual-canary.ts'
import type {AuditProgress} from '../queue/audit.ts'
import {describeFilter, FILTER_FLAGS, type FilterFlags} from '../queue/letters/filter-flags.ts'
import type {Items} from '../record/items.ts'
import {type SinkInput, withBoundSinks} from './bound-sink.ts'
import {change} from './change.ts'
import type {Caller, Context} from './context.ts'
import {type FoundLetters, findLetters} from './find-letters.ts'
import {requireQueue} from './known-queue.ts'
import {requireNamedLetters} from './named-letters.ts'
import type {Begun, ExactPlanning, Operation, Plan} from './operation.ts'
import {canaryStage, replayStage} from './replay-progress.ts'

export interface ReplayInput extends FilterFlags, SinkInput {
  'only-passing': boolean
  /** Items per second. */
  rate?: number
  canary?: number
  /** Share, 0 to 1. */
  'abort-on'?: number
  /** ms. */
  'canary-timeout'?: number
}

export interface ReplayResult extends Replayed {
  queue: string
}

export interface ReplayPlan extends Plan {
  queue: string
  input: ReplayInput
  found: FoundLetters
  /** What a replay would do. */
  dry: ReplayResult
}

/** Puts dead letters back into the queue; its plan reads all of them. */
export const REPLAY_LETTERS: Operation<ReplayInput, ReplayPlan, ReplayResult> = {
  action: 'dlq replay',
  inputs: [
    ...FILTER_FLAGS,
    ...(['only-passing', 'strict', 'allow-special-values', 'max-bytes'] as const),
    ...(['rate', 'canary', 'abort-on', 'canary-timeout'] as const),
  ],
  describe,
  plan,
  requireNamed: requireNamedLetters,
  preview: ({dry}) => dry,
  run: (context, {input, found, affected}, progress) => {
    const planned = {...found.planned, limit: affected}
    return replay(context, {...found, planned}, input, progress, {affected, before: 0})
  },
  carryOn,
}

/** Puts dead letters back into the queue without counting them first. */
export async function replayLetters(caller: Caller, input: ReplayInput): Promise<ReplayResult> {
  const {action} = REPLAY_LETTERS
  caller.actor.assertMayWrite()
  return caller.withQueue(async (context) => {
    await requireQueue(context.queue)
    const found = await findLetters(context, input)
    const result = await change(context, {action, filter: describe(input)}, (progress) =>
      replay(context, found, input, progress),
    )
    if (result.matched === 0) await requireNamedLetters(context, input)
    return result
  })
}

async function plan(context: Context, input: ReplayInput, exact?: ExactPlanning): Promise<ReplayPlan> {
  const found = await findLetters(context, input, exact?.moment)
  const dry = await run(context, found, input, {dryRun: true, onDryMove: exact?.fingerprint.addLetters})
  return {queue: context.queue.name, affected: dry.replayed, input, found, dry}
}

async function replay(
  context: Context,
  found: FoundLetters,
  input: ReplayInput,
  progress: AuditProgress,
  planned?: How['planned'],
): Promise<ReplayResult> {
  const onReplayed = (count: number) => {
    progress.count = count
  }
  const result = await run(context, found, input, {dryRun: false, onReplayed, planned})
  progress.count = result.replayed
  return result
}

/** The items that earlier processes have put back are gone from the dead letters, so only the rest is found. */
async function carryOn(context: Context, input: ReplayInput, begun: Begun): Promise<ReplayResult> {
  const {moment, affected, done, hold} = begun
  const found = await findLetters(context, input, moment)
  const rest = {...found, planned: {...found.planned, limit: affected - done}}
  const kept = await keptCanary(context, begun)
  const planned = {affected, before: done}
  const result = await run(context, rest, input, {dryRun: false, hold, kept, planned})
  return {...result, matched: result.matched + done, replayed: result.replayed + done}
}

async function keptCanary({queue}: Context, {hold, canary, onCanary}: Begun): Promise<KeptCanary> {
  const marks = canary ? [] : await queue.letters.marksOf(hold.id)
  return {run: hold.id, marks, result: canary, onResult: onCanary}
}

interface How extends Pick<ReplayOptions, 'dryRun' | 'onDryMove' | 'hold'> {
  onReplayed?: (count: number) => void
  kept?: KeptCanary
  /** Letters that are to be put back, if they were counted, and how many of them were before. */
  planned?: {affected: number; before: number}
}

async function run(
  context: Context,
  found: FoundLetters,
  input: ReplayInput,
  {onReplayed, kept, planned, ...how}: How,
): Promise<ReplayResult> {
  const {queue, signal, withProgress} = context
  const options = {...how, ...paceOf(input, kept), filter: found.planned, signal}
  const stage = await replayStage(queue, found, input, {isDry: how.dryRun, ...planned})
  const result = await withProgress(stage, (report) => {
    const onProgress = (replayed: number, read: number) => {
      onReplayed?.(replayed)
      report(stage.reached(replayed, read))
    }
    const onCanary = (seen: SeenCanary) => report(canaryStage(seen, input))
    return withJudge(context, found, input, (judge) =>
      runReplay(queue, {...options, judge, onProgress, onCanary}),
    )
  })
  return {queue: queue.name, ...result}
}

/** Lends a judge that asks Postgres, if only letters that pass are wanted. */
async function withJudge<R>(
  context: Context,
  found: FoundLetters,
  input: ReplayInput,
  use: (judge: ReplayOptions['judge']) => Promise<R>,
): Promise<R> {
  if (!input['only-passing']) return use(undefined)
  return withBoundSinks(context, found, input, (client, sinks) => {
    const read = (items: Items) => context.queue.readItems(items, sinks.readOptions)
    return use(async (page) => (await judgeLetters(client, sinks, page, {read})).map(({state}) => state))
  })
}

/** The input that decided which items were replayed, as it would be typed, for the audit. */
function describe(input: ReplayInput): string {
  const {rate, canary, 'abort-on': abortOn, 'canary-timeout': timeoutMs} = input
  const more = [
    ...(rate === undefined ? [] : [`--rate ${rateText(rate)}`]),
    ...(canary === undefined ? [] : [`--canary ${canary}`]),
    ...(abortOn === undefined ? [] : [`--abort-on ${percentText(abortOn)}`]),
    ...(timeoutMs === undefined ? [] : [`--canary-timeout ${durationText(timeoutMs)}`]),
  ]
  const judged = input['only-passing'] ? ['--only-passing'] : []
  const filter = describeFilter(input)
  return [...(filter === 'all' && judged.length > 0 ? [] : [filter]), ...judged, ...more].join(' ')
}

function paceOf(input: ReplayInput, kept?: KeptCanary): Pick<ReplayOptions, 'rate' | 'canary'> {
  const {rate, canary: count} = input
  const {abortOn, timeoutMs} = USUAL_CANARY
  if (count === undefined) return {rate}
  return {
    rate,
    canary: {
      count,
      abortOn: input['abort-on'] ?? abortOn,
      timeoutMs: input['canary-timeout'] ?? timeoutMs,
      kept,
    },
  }
}
