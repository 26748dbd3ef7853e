import type {Redis} from 'ioredis'
import {defineScript, runScript} from '../../redis/script.ts'
import {REASON_OF_LETTER} from './letter-counts.ts'
import {placeOf, startOf} from './letter-page.ts'
import {parseScore} from './letter-range.ts'
import {type FailureTimes, failureTimes, type LetterSpan, type SpanEnd} from './letter-span.ts'
import {failedMs, MS_RANGE, type ScoreRange, timedRanges} from './letter-time.ts'

/** Most letters that a search reads, and bytes after which it ends: 2.3 ms of Redis's time for letters of 570 bytes. */
const MOST_LETTERS = 1000
const MOST_BYTES = 512 * 1024

/*
 * KEYS[1] dead ZSET
 * ARGV[1..6] where it begins and ends, see placeOf   ARGV[7] reason, or "" for letters that are counted under none
 * ARGV[8] most letters   ARGV[9] bytes after which it ends
 * Returns {"found", score of the letter}, {"beyond", score of the last letter read} if it lies further away, or {} if
 * there is no such letter.
 */
const SEARCH = defineScript(
  'search',
  `#!lua flags=no-writes,allow-stale
${REASON_OF_LETTER}
local rank = redis.call('ZCOUNT', KEYS[1], ARGV[1], ARGV[2]) + ARGV[3]
local behind = redis.call('ZCOUNT', KEYS[1], ARGV[4], ARGV[5])
local last = math.min(behind, rank + ARGV[8])
local options = ARGV[6] == 'REV' and {'REV', 'WITHSCORES'} or {'WITHSCORES'}
local bytes, score = 0, nil
while rank < last and bytes < tonumber(ARGV[9]) do
  local one = redis.call('ZRANGE', KEYS[1], rank, rank, unpack(options))
  score = one[2]
  if (reason_of(one[1]) or '') == ARGV[7] then return {'found', score} end
  rank, bytes = rank + 1, bytes + #one[1]
end
return rank < behind and {'beyond', score} or {}`,
)

type Side = 'first' | 'last'

/**
 * Finds the span of one reason. An exact end of the stored span is taken as it is. For any other end, the next letter is
 * searched for from there, or from the end of the set if nothing is stored.
 */
async function findSpan(
  redis: Redis,
  key: string,
  reason: string,
  kept: LetterSpan = {},
): Promise<LetterSpan> {
  const {first, last} = kept
  const search = (side: Side, range: ScoreRange) => searchEnd(redis, key, {side, range, reason})
  const [firstFound, lastFound] = await Promise.all([
    first?.isExact ? first : search('first', {...MS_RANGE, from: first?.ms ?? MS_RANGE.from}),
    // The end of a range is exclusive
    last?.isExact ? last : search('last', {...MS_RANGE, until: last ? last.ms + 1 : MS_RANGE.until}),
  ])
  return {first: firstFound, last: lastFound}
}

/** Finds the span of the letters of other programs, in every unit that their scores may have. */
async function findForeignSpan(redis: Redis, key: string): Promise<LetterSpan> {
  const search = (side: Side) =>
    Promise.all(timedRanges().map((range) => searchEnd(redis, key, {side, range, reason: ''})))
  const [firsts, lasts] = await Promise.all([search('first'), search('last')])
  return {first: utmost(firsts, (a, b) => a.ms - b.ms), last: utmost(lasts, (a, b) => b.ms - a.ms)}
}

/** The outermost end; of two ends at the same time, the exact one. */
function utmost(
  ends: Array<SpanEnd | undefined>,
  compare: (a: SpanEnd, b: SpanEnd) => number,
): SpanEnd | undefined {
  return ends
    .filter((end) => end !== undefined)
    .sort((a, b) => compare(a, b) || Number(b.isExact) - Number(a.isExact))[0]
}

async function searchEnd(
  redis: Redis,
  key: string,
  {side, range, reason}: {side: Side; range: ScoreRange; reason: string},
): Promise<SpanEnd | undefined> {
  const order = side === 'first' ? 'up' : 'down'
  const args = [...placeOf(startOf(range, order), range, order), reason, MOST_LETTERS, MOST_BYTES]
  const [state, score] = (await runScript(redis, SEARCH, [key], args)) as [string?, string?]
  return score === undefined ? undefined : {ms: failedMs(parseScore(score)), isExact: state === 'found'}
}

/** The letters of a queue as the counters tell. */
export interface CountedLetters {
  byReason: Record<string, number>
  foreign: number
  /** By reason, as far as they are stored. */
  spans: Map<string, LetterSpan>
}

/** When letters failed, by reason, and those of other programs. */
export interface TimesByReason {
  byReason: Record<string, FailureTimes>
  /** Null if there are none. */
  foreign: FailureTimes | null
}

/** Finds when the first and the last letter of each reason failed, in time that does not grow with their number. */
export async function findTimes(redis: Redis, key: string, counted: CountedLetters): Promise<TimesByReason> {
  const {byReason, foreign, spans} = counted
  const reasons = Object.keys(byReason)
  const [foreignSpan, ...found] = await Promise.all([
    foreign > 0 ? findForeignSpan(redis, key) : null,
    ...reasons.map((reason) => findSpan(redis, key, reason, spans.get(reason))),
  ])
  return {
    byReason: Object.fromEntries(reasons.map((reason, i) => [reason, failureTimes(found[i])])),
    foreign: foreignSpan && failureTimes(foreignSpan),
  }
}
