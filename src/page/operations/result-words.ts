import {count, duration} from '../format.ts'

/** Fields of results in the order in which they are shown, with their words. A zero in them is not worth a line. */
const FIELDS: Record<string, string> = {
  matched: 'matched',
  replayed: 'replayed',
  edited: 'edited',
  purged: 'purged',
  restored: 'restored',
  waiting: 'left: an identical item is queued already',
  failing: 'left: would fail again',
  unknown: 'left: cannot be judged here',
  gone: 'removed by someone else meanwhile',
  skipped: 'left as they were: no rule fits, or nothing to change',
  later: 'left: failed after the plan was made',
  remaining: 'dead letters now',
}

/** What an operation came to, with words. */
export function resultLines(result: object): Array<[string, string]> {
  const known = Object.entries(FIELDS).flatMap(([name, words]): Array<[string, string]> => {
    const value = (result as Record<string, unknown>)[name]
    return typeof value === 'number' && (value > 0 || name === 'remaining') ? [[words, count(value)]] : []
  })
  return [...known, ...canaryLine(result), ...timeLine(result)]
}

function canaryLine(result: object): Array<[string, string]> {
  const {canary} = result as {canary?: {items: number; failedAgain: number; open: number} | null}
  if (!canary) return []
  const open = canary.open > 0 ? `, ${count(canary.open)} not taken by a worker in time` : ''
  return [['canary', `${count(canary.failedAgain)} of ${count(canary.items)} failed again${open}`]]
}

function timeLine(result: object): Array<[string, string]> {
  const {seconds} = result as {seconds?: unknown}
  return typeof seconds === 'number' ? [['took', duration(seconds * 1000)]] : []
}
