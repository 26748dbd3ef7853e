import {parseMoment} from '../config/amount.ts'
import {momentText, pinAges} from '../filter/pin-ages.ts'
import type {Continuation, Stage} from '../progress/stage.ts'
import type {QueueEngine} from '../queue/engine.ts'
import type {FilterFlags} from '../queue/letters/filter-flags.ts'
import type {LetterFilter} from '../queue/letters/letter-filter.ts'

/** A stage that reads the dead letters of a filter. How many those are is known without reading, unless a limit ends it. */
export async function readingLetters(
  {letters}: QueueEngine,
  doing: string,
  filter: LetterFilter,
): Promise<Stage> {
  const {limit, expression} = filter
  const stage = {doing, unit: 'letter', done: 0, isHarmless: true}
  if (limit !== undefined && expression) return stage
  const total = Math.min(await letters.countToRead(filter), limit ?? Number.POSITIVE_INFINITY)
  return {...stage, total}
}

/** A stage that changes as many dead letters as were counted. */
export function changing(doing: string, verb: string, total: number, continued?: Stage['continued']): Stage {
  return {doing, unit: 'dead letter', continued, ...changed(verb, 0, total)}
}

/** How far such a stage is. */
export function changed(verb: string, done: number, total: number): Pick<Stage, 'done' | 'total' | 'did'> {
  return {done, total, did: {verb, count: done, unit: 'dead letter', of: total}}
}

/**
 * Continues a command on the dead letters of a filter: on those that it was about, at whatever time it is continued.
 * @param atMs when it began, by the clock of Redis
 */
export function restOf(flags: FilterFlags, atMs: number): (done: number) => Continuation {
  const {since, 'older-than': before, where, limit} = flags
  const pinned: Record<string, string> = {}
  if (since !== undefined) pinned.since = momentText(parseMoment('--since', since, atMs), '>=')
  if (before !== undefined) {
    pinned['older-than'] = momentText(parseMoment('--older-than', before, atMs), '<')
  }
  if (where !== undefined) pinned.where = pinAges(where, atMs)
  return (done) => ({
    flags: limit === undefined ? pinned : {...pinned, limit: String(Math.max(limit - done, 0))},
  })
}
