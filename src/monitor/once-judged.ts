import type {QueueList} from '../queue/survey/queue-survey.ts'
import {judgeRow} from './judged-row.ts'
import type {JudgedList} from './survey-monitor.ts'

/** Rates of a single look are those of the last minute, which each queue remembers, ms. */
const REMEMBERED_MS = 60_000

/** What a single look at all queues says. */
export function onceJudged(list: QueueList): JudgedList {
  const isCounted = list.queues.some(({lastMinute}) => lastMinute !== null)
  const queues = list.queues.map((row) => {
    const {inPerSecond = null, outPerSecond = null} = row.lastMinute ?? {}
    return {...judgeRow(row, []), inPerSecond, outPerSecond}
  })
  return {...list, queues, ratesOverMs: isCounted ? REMEMBERED_MS : null}
}
