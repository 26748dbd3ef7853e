import {setTimeout as delay} from 'node:timers/promises'
import type {JudgedRow} from '../monitor/judged-row.ts'
import type {Observation} from '../monitor/observation.ts'
import {onceJudged} from '../monitor/once-judged.ts'
import {openedLate} from '../monitor/opened-late.ts'
import {QueueMonitor} from '../monitor/queue-monitor.ts'
import {SurveyMonitor} from '../monitor/survey-monitor.ts'
import type {QueueEngine} from '../queue/engine.ts'
import type {QueueSurvey, SurveyOptions} from '../queue/survey/queue-survey.ts'
import type {ReadFrom} from '../redis/replica/read-from.ts'
import {plural} from '../render/format.ts'
import {renderPause} from '../render/pause.ts'
import type {Caller} from './context.ts'
import {pause} from './pause.ts'
import {type ReplayInput, type ReplayResult, replayLetters} from './replay-letters.ts'
import {resume} from './resume.ts'

/** One connection through which any number of queues is looked at. */
export interface Sight {
  /** The server and its database, for people. */
  server: string
  openQueue(name: string): Promise<QueueEngine>
  surveyQueues(options: SurveyOptions): QueueSurvey
  /** Why a call failed, in words: the broken connection rather than what the driver says of it. */
  explain(error: unknown): string
}

/** What `qtool top` shows, and what can be done from it. */
export interface TopDesk {
  survey: SurveyMonitor
  /** Always the same for a queue. */
  monitor(queue: string): QueueMonitor
  /** Each says what it did. They are the operations of the commands, with their rights, questions apart, and audit. */
  actions: Record<TopAction, (queue: string, reason: string) => Promise<string>>
}

export type TopAction = 'pause' | 'resume' | 'replay'

/** What `qtool top --once` shows. */
export interface TopResult {
  queues: JudgedRow[]
  /** The queue that was asked for, if one was. */
  observation: Observation | null
  /** The replicas from which this was read; null if it was read from primaries. */
  readFrom: ReadFrom
  /** Host and port of the nodes of a cluster that do not answer, whose queues are missing; sorted. */
  unreachable: string[]
}

/** Letters that are replayed first, and waited for. */
const CANARY = 20

/** @param callerFor asks for an operation on a queue, over a connection of its own */
export function openDesk(
  sight: Sight,
  callerFor: (queue: string) => Caller,
  options: Pick<SurveyOptions, 'match' | 'signal'>,
): TopDesk {
  const {explain} = sight
  const monitors = new Map<string, QueueMonitor>()
  return {
    survey: new SurveyMonitor(() => sight.surveyQueues({...options, sort: 'name', memory: false}), {explain}),
    monitor(queue) {
      const known =
        monitors.get(queue) ??
        new QueueMonitor(
          openedLate(queue, () => sight.openQueue(queue)),
          {explain},
        )
      monitors.set(queue, known)
      return known
    },
    actions: {
      pause: async (queue) => renderPause((await pause(callerFor(queue), {})).queue, undefined),
      resume: async (queue) => {
        const {wasPaused} = await resume(callerFor(queue))
        return `queue ${queue} ${wasPaused ? 'resumed' : 'was not paused'}`
      },
      replay: async (queue, reason) =>
        replayWords(await replayLetters(callerFor(queue), replayInput(reason)), reason),
    },
  }
}

function replayInput(reason: string): ReplayInput {
  const unasked = {strict: false, 'allow-special-values': false, 'max-bytes': 0}
  return {reason, 'only-passing': false, canary: CANARY, ...unasked}
}

function replayWords({queue, replayed, canary, aborted, interrupted}: ReplayResult, reason: string): string {
  const what = `${plural(replayed, 'dead letter')} of ${reason} replayed into ${queue}`
  if (interrupted) return `interrupted: ${what}`
  if (!aborted || !canary) return what
  const why =
    canary.open > 0
      ? `${plural(canary.open, 'item')} of the canary had no outcome in time`
      : `${canary.failedAgain} of ${canary.items} in the canary failed again`
  return `${what}, and no more: ${why}`
}

/** Two readings are this far apart, so that there are rates, ms. */
const APART_MS = 1000

/** One view for a script. @param options.queue all about this queue, in place of a list of all */
export async function topOnce(
  sight: Sight,
  {queue, match, signal}: Pick<SurveyOptions, 'match' | 'signal'> & {queue: string | undefined},
): Promise<TopResult> {
  if (queue !== undefined) {
    const observation = await observeTwice(sight, queue)
    return {queues: [], observation, readFrom: observation.inspection.readFrom, unreachable: []}
  }
  const survey = sight.surveyQueues({match, signal, sort: 'name', memory: false})
  await survey.findAll(() => {})
  const {queues, readFrom, unreachable} = onceJudged(await survey.look())
  return {queues, observation: null, readFrom, unreachable}
}

async function observeTwice(sight: Sight, queue: string): Promise<Observation> {
  const monitor = new QueueMonitor(await sight.openQueue(queue), {everyMs: APART_MS / 2})
  await monitor.current()
  await delay(APART_MS)
  return monitor.current()
}
