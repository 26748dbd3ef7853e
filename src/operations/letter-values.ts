import type {QueueEngine} from '../queue/engine.ts'

/** What can be completed of the dead letters of a queue. */
export interface LetterValues {
  reason: string[]
  code: string[]
  column: string[]
  constraint: string[]
  table: string[]
  /** Ids of groups, with what failed. */
  group: Array<{text: string; summary: string}>
  /** Of the newest letters. */
  id: Array<{text: string; summary: string}>
}

/** Most values of a field that are worth offering: other producers may write a sentence into each letter. */
const MOST = 50

/** Letters whose ids are offered. */
const NEWEST = 20

/** The values that dead letters have: reasons from the counters of the queue, the others from its newest letters. */
export async function letterValues(queue: QueueEngine): Promise<LetterValues> {
  const {deadLettersByReason, groups, items} = await queue.letters.surveyNewest({show: NEWEST})
  const known = (values: Array<string | null>) =>
    [...new Set(values.filter((value) => value !== null))].slice(0, MOST)
  return {
    reason: known([...Object.keys(deadLettersByReason), ...groups.map(({reason}) => reason)]),
    code: known(groups.map(({code}) => code)),
    column: known(groups.map(({column}) => column)),
    constraint: known(groups.map(({constraint}) => constraint)),
    table: known(groups.map(({table}) => table)),
    group: groups.flatMap(({id, reason, code, column, constraint}) =>
      id === null ? [] : [{text: id, summary: [reason, code, constraint ?? column ?? ''].join(' ').trim()}],
    ),
    id: items.map(({id, reason, failedAt}) => ({
      text: id,
      summary: [reason, failedAt ?? ''].join(' ').trim(),
    })),
  }
}
