import {onceJudged} from '../monitor/once-judged.ts'
import {type JudgedList, SurveyMonitor} from '../monitor/survey-monitor.ts'
import type {Trouble} from '../monitor/trouble.ts'
import type {QueueSurvey, SurveyOptions} from '../queue/survey/queue-survey.ts'
import type {Caller} from './context.ts'
import type {Sight} from './top.ts'

/** Reads every queue of a Redis once. It changes nothing. @throws QtoolError (interrupted) */
export async function listQueues(
  sight: Sight,
  options: SurveyOptions,
  {withProgress}: Pick<Caller, 'withProgress'>,
): Promise<JudgedList> {
  const survey = await findAll(sight, options, withProgress)
  return onceJudged(await survey.look())
}

/** Called with every reading of all queues, or with the reason why there is none. */
export interface QueueWatch {
  everyMs: number
  onView(list: JudgedList): void
  onTrouble(text: string): void
}

/** Looks at every queue until the signal is aborted, through the outages of Redis. Rejects if they cannot be found at first. */
export async function watchQueues(
  sight: Sight,
  options: SurveyOptions,
  {withProgress}: Pick<Caller, 'withProgress'>,
  {everyMs, onView, onTrouble}: QueueWatch,
): Promise<void> {
  const {signal} = options
  const newSurvey = () => sight.surveyQueues(options)
  const found = await findAll(sight, options, withProgress)
  const monitor = new SurveyMonitor(newSurvey, {everyMs, explain: sight.explain}, found)
  const leave = monitor.subscribe({
    onReading: onView,
    onTrouble: (trouble) => onTrouble(troubleWords(trouble)),
  })
  if (!signal.aborted) await new Promise((resolve) => signal.addEventListener('abort', resolve, {once: true}))
  leave()
}

async function findAll(
  sight: Sight,
  options: SurveyOptions,
  withProgress: Caller['withProgress'],
): Promise<QueueSurvey> {
  const survey = sight.surveyQueues(options)
  await withProgress({doing: 'looking for queues', unit: 'key'}, (report) =>
    survey.findAll((done, keys) => report({done, total: keys ?? undefined})),
  )
  return survey
}

function troubleWords({tried, message, since}: Trouble): string {
  return `no figures since ${since.slice(11, 19)} UTC: ${tried}: ${message}`
}
