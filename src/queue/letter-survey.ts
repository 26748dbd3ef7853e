import type {Redis} from 'ioredis'
import type {QueueKeys} from '../redis/keys.ts'
import type {DeadLetterView, Letter} from './letter.ts'
import type {LetterFilter} from './letter-filter.ts'
import {GroupCounter, type LetterGroup} from './letter-groups.ts'
import {newestLetters} from './letter-newest.ts'
import {LetterScan} from './letter-scan.ts'

/** Letters that a first look reads: about 60 ms of work, however many there are. */
export const WINDOW = 10_000

/** A survey of the dead letters of a queue. */
export interface LetterSurvey {
  /** Dead letters in the queue, whatever the filter. */
  deadLetters: number
  /** Those of each reason; of the matched ones where a filter is given. Most first. */
  deadLettersByReason: Record<string, number>
  /** Dead letters that the filter means. */
  matched: number
  /** Those that were read: the groups are about them. Fewer than matched where only the newest were read. */
  grouped: number
  /** Records in those. */
  records: number
  /** RFC 3339; of those read. */
  firstFailedAt: string | null
  lastFailedAt: string | null
  /** Most letters first. */
  groups: LetterGroup[]
  /** The newest of those matched. */
  items: DeadLetterView[]
}

/** Counts all dead letters by what workers counted, and groups the newest of them: as quick for a million as for one. */
export async function surveyNewest(
  redis: Redis,
  keys: QueueKeys,
  options: {show: number; records?: readonly string[]},
): Promise<LetterSurvey> {
  const counter = new GroupCounter()
  const items: DeadLetterView[] = []
  const [deadLetters, byReason] = await readCounts(redis, keys)
  let isWhole = true
  for await (const letters of newestLetters(redis, keys.dead, {most: WINDOW, records: options.records})) {
    for (const letter of letters) {
      counter.add(letter)
      if (items.length < options.show) items.push(letter.view())
    }
    isWhole = counter.letters < WINDOW
  }
  isWhole &&= counter.letters >= deadLetters
  // Read whole, what was read is the count: it comes from one pass, and adds up
  const counts = isWhole
    ? {deadLetters: counter.letters, deadLettersByReason: counter.byReason}
    : {deadLetters, deadLettersByReason: byReason}
  return {...counts, matched: counts.deadLetters, ...grouped(counter), items}
}

/** Reads every dead letter that a filter means. */
export async function surveyAll(
  redis: Redis,
  keys: QueueKeys,
  options: {filter?: LetterFilter; show?: number; onProgress?: (read: number) => void} = {},
): Promise<LetterSurvey> {
  const {filter, show = 0, onProgress} = options
  const counter = new GroupCounter()
  let newest: Letter[] = []
  const scan = new LetterScan(redis, keys.dead, filter)
  for await (const letters of scan.pages()) {
    for (const letter of letters) counter.add(letter)
    if (show > 0) newest = [...newest, ...letters].slice(-show)
    onProgress?.(scan.read)
  }
  return {
    deadLetters: await redis.zcard(keys.dead),
    deadLettersByReason: counter.byReason,
    matched: counter.letters,
    ...grouped(counter),
    items: newest.reverse().map((letter) => letter.view()),
  }
}

function grouped(counter: GroupCounter) {
  const {groups, letters, records} = counter
  const firsts = groups.flatMap(({firstFailedAt}) => firstFailedAt ?? []).sort()
  const lasts = groups.flatMap(({lastFailedAt}) => lastFailedAt ?? []).sort()
  return {
    grouped: letters,
    records,
    firstFailedAt: firsts[0] ?? null,
    lastFailedAt: lasts.at(-1) ?? null,
    groups,
  }
}

/** What is there, and what the workers counted of it, at one moment; the rest was written by other producers. */
async function readCounts(redis: Redis, keys: QueueKeys): Promise<[number, Record<string, number>]> {
  const replies = await redis.multi().zcard(keys.dead).hgetall(keys.stats).exec()
  const [[, deadLetters], [, stats]] = replies as [[null, number], [null, Record<string, string>]]
  const reasons = Object.entries(stats).flatMap(([name, count]): Array<[string, number]> => {
    const reason = /^dead:(.*)$/s.exec(name)?.[1]
    return reason === undefined || Number(count) <= 0 ? [] : [[reason, Number(count)]]
  })
  const others = deadLetters - reasons.reduce((sum, [, count]) => sum + count, 0)
  if (others > 0) reasons.push(['unknown', others])
  return [deadLetters, Object.fromEntries(reasons.sort((a, b) => b[1] - a[1]))]
}
