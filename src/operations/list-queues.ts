import type {QueueList, QueueSurvey, SurveyOptions} from '../queue/survey/queue-survey.ts'
import {count} from '../render/format.ts'
import type {Caller, Context} from './context.ts'
import {lookEvery, type Views} from './every.ts'

export type ListOptions = Omit<SurveyOptions, 'signal'>

/** Reads every queue of a Redis, with rates over a second. It changes nothing. @throws QtoolError (interrupted) */
export async function listQueues(caller: Caller, options: ListOptions): Promise<QueueList> {
  return caller.withQueue(async (context) => (await findAll(context, options)).measure())
}

/** Reads every queue of a Redis every so often, until the signal is aborted. @throws QtoolError (interrupted) during the first search */
export async function watchQueues(
  caller: Caller,
  options: ListOptions,
  views: Views<QueueList>,
): Promise<void> {
  await caller.withQueue(async (context) => {
    const survey = await findAll(context, options)
    await lookEvery(context.signal, views, () => survey.look())
  })
}

async function findAll(
  {surveyQueues, signal, withProgress}: Context,
  options: ListOptions,
): Promise<QueueSurvey> {
  const survey = surveyQueues({...options, signal})
  await withProgress('looking for queues', (say) =>
    survey.findAll((looked, keys) => {
      const total = keys === null ? '' : ` of ${count(Math.max(keys, looked))}`
      say(`looking for queues: ${count(looked)}${total} keys`)
    }),
  )
  return survey
}
