import type {Redis} from 'ioredis'
import type {QueueKeys} from '../../redis/keys.ts'
import type {OpenedBook} from '../engine-calls.ts'
import {sortLetters} from '../inspect.ts'
import {takeSnapshot} from '../snapshot.ts'
import type {DeadLetterView, Letter} from './letter.ts'
import type {LetterFilter} from './letter-filter.ts'
import {GroupCounter, type LetterGroup} from './letter-groups.ts'
import {newestLetters} from './letter-newest.ts'
import {LetterScan} from './letter-scan.ts'
import type {FailureTimes} from './letter-span.ts'
import {findTimes} from './span-ends.ts'

/** Newest letters that a survey reads, however many there are: 31 to 50 ms on two cores for letters of 500 bytes. */
export const WINDOW = 5000

/** A survey of the dead letters of a queue. */
export interface LetterSurvey {
  /** Dead letters in the queue, whatever the filter. */
  deadLetters: number
  /**
   * qtool's own letters by reason, the most frequent first: all of the queue, or those that the filter selects. With
   * `foreignDeadLetters` they add up to `matched`.
   */
  deadLettersByReason: Record<string, number>
  /** Letters of other programs; the groups show why they failed. */
  foreignDeadLetters: number
  /** When the first and the last letter of each reason failed. */
  timesByReason: Record<string, FailureTimes>
  /** The same for letters of other programs; null if there are none. */
  foreignTimes: FailureTimes | null
  /** Dead letters that the filter selects. */
  matched: number
  /** Letters that were read for that, and the times to which the filter restricted the search; RFC 3339. */
  searched: {letters: number; since: string | null; before: string | null}
  /** Letters that were read and grouped; fewer than `matched` if only the newest were read. */
  grouped: number
  /** Records in the letters that were grouped. */
  records: number
  /** RFC 3339, among the letters matched; null if none has a time. */
  firstFailedAt: string | null
  lastFailedAt: string | null
  /** What hurts most first. */
  groups: LetterGroup[]
  /** The newest of those matched. */
  items: DeadLetterView[]
}

/** Takes the totals from the counters and groups the newest letters: as fast for a million as for one. */
export async function surveyNewest(
  {redis, keys, engine, calls}: OpenedBook,
  options: {show: number; records?: readonly string[]},
): Promise<LetterSurvey> {
  const items: DeadLetterView[] = []
  const snapshot = await takeSnapshot({redis, keys, engine}, calls)
  const counter = new GroupCounter(snapshot.nowMs)
  let isCut = false
  for await (const letters of newestLetters(redis, keys.dead, {most: WINDOW, records: options.records})) {
    for (const letter of letters) {
      counter.add(letter)
      if (items.length < options.show) items.push(letter.view())
    }
    isCut = counter.letters >= WINDOW
  }
  const {deadLetters, firstFailedMs, lastFailedMs} = snapshot
  // If all letters were read, their number is the count: it comes from one pass, so the figures add up
  if (!isCut && counter.letters >= deadLetters) {
    const {letters} = counter
    return {deadLetters: letters, matched: letters, searched: windowOf(letters), ...summary(counter), items}
  }
  const {byReason, foreign} = sortLetters(snapshot.stats, deadLetters)
  const times = await findTimes(redis, keys.dead, {byReason, foreign, spans: snapshot.spans})
  return {
    deadLetters,
    matched: deadLetters,
    searched: windowOf(counter.letters),
    ...summary(counter),
    deadLettersByReason: byReason,
    foreignDeadLetters: foreign,
    timesByReason: times.byReason,
    foreignTimes: times.foreign,
    firstFailedAt: timeOf(firstFailedMs),
    lastFailedAt: timeOf(lastFailedMs),
    items,
  }
}

function windowOf(letters: number, {sinceMs, beforeMs}: LetterFilter = {}): LetterSurvey['searched'] {
  return {letters, since: timeOf(sinceMs), before: timeOf(beforeMs)}
}

function timeOf(ms: number | undefined): string | null {
  return ms === undefined ? null : new Date(Math.round(ms)).toISOString()
}

export interface SurveyOptions {
  filter?: LetterFilter
  /** Letters to show one by one, the newest. */
  show?: number
  /** Is given each letter that the filter selects. */
  onLetter?: (letter: Letter) => void
  onProgress?: (read: number, matched: number) => void
  /** Once it is aborted, the letters read so far are grouped. */
  signal?: AbortSignal
}

/** Reads every dead letter that a filter selects. */
export async function surveyAll(
  redis: Redis,
  keys: QueueKeys,
  options: SurveyOptions = {},
): Promise<LetterSurvey> {
  const {filter, show = 0, onLetter, onProgress, signal} = options
  const counter = new GroupCounter(filter?.nowMs)
  let newest: Letter[] = []
  const scan = new LetterScan(redis, keys.dead, filter)
  for await (const letters of scan.pages()) {
    for (const letter of letters) {
      counter.add(letter)
      onLetter?.(letter)
    }
    if (show > 0) newest = [...newest, ...letters].slice(-show)
    onProgress?.(scan.read, counter.letters)
    if (signal?.aborted) break
  }
  return {
    deadLetters: await redis.zcard(keys.dead),
    matched: counter.letters,
    searched: windowOf(scan.read, filter),
    ...summary(counter),
    items: newest.reverse().map((letter) => letter.view()),
  }
}

/** The figures of the letters that were read. */
function summary(counter: GroupCounter) {
  const {groups, letters, records, byReason, foreign, timesByReason, foreignTimes} = counter
  const firsts = groups.flatMap(({firstFailedAt}) => firstFailedAt ?? []).sort()
  const lasts = groups.flatMap(({lastFailedAt}) => lastFailedAt ?? []).sort()
  return {
    grouped: letters,
    records,
    deadLettersByReason: byReason,
    foreignDeadLetters: foreign,
    timesByReason,
    foreignTimes,
    firstFailedAt: firsts[0] ?? null,
    lastFailedAt: lasts.at(-1) ?? null,
    groups,
  }
}
