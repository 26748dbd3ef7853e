import {randomUUID} from 'node:crypto'
import type {Redis} from 'ioredis'
import {QtoolError} from '../errors.ts'
import type {QueueKeys} from '../redis/keys.ts'
import {defineScript, runScript} from '../redis/script.ts'
import {letterCounting} from './letters/letter-counts.ts'
import {type FailureTimes, failureTimes, parseSpan} from './letters/letter-span.ts'

/** Most letters per call, and bytes after which it ends: 1 to 2 ms of Redis's time. */
const PAGE_LETTERS = 500
const PAGE_BYTES = 256 * 1024

/** How often the count may begin: a purge or an undo that moves letters it has counted makes it begin again. */
const MOST_BEGINNINGS = 5

/*
 * KEYS[1] dead ZSET   KEYS[2] stats HASH
 * ARGV[1] id of this count   ARGV[2] "1" to begin   ARGV[3] most letters   ARGV[4] bytes after which a page ends
 * Returns {"lost"} if the count so far is void, {"more", letters} after a page, or
 * {"done", 0, {field, before, after, ...}, {reason, before, after, ...}} with the counters and the spans that were wrong
 * and are corrected now. A span that says less than it could is not wrong, but is made exact as well.
 *
 * Other scripts keep verified:REASON exact for the letters up to the place it has reached; see letter-counts.ts. If
 * the letter at that place is gone, it is added for a moment to find its rank.
 */
const VERIFY = defineScript(
  'verify',
  `#!lua flags=allow-oom
${letterCounting('KEYS[2]')}
if ARGV[2] == '1' then
  drop_verification()
  redis.call('HSET', KEYS[2], 'verify', ARGV[1])
elseif redis.call('HGET', KEYS[2], 'verify') ~= ARGV[1] then
  return {'lost'}
end
local rank = 0
if verified[1] then
  local is_gone = redis.call('ZADD', KEYS[1], 'NX', verified[1], verified[2]) == 1
  local score = redis.call('ZSCORE', KEYS[1], verified[2])
  rank = redis.call('ZRANK', KEYS[1], verified[2])
  if is_gone then redis.call('ZREM', KEYS[1], verified[2]) else rank = rank + 1 end
  if tonumber(score) ~= tonumber(verified[1]) then
    drop_verification()
    return {'lost'}
  end
end
local letters, bytes, last = 0, 0, nil
while letters < tonumber(ARGV[3]) and bytes < tonumber(ARGV[4]) do
  local one = redis.call('ZRANGE', KEYS[1], rank + letters, rank + letters, 'WITHSCORES')
  if not one[1] then break end
  local reason = reason_of(one[1])
  if reason then join_letter(span_of('verified', reason), one[2]) end
  letters, bytes, last = letters + 1, bytes + #one[1], one
end
if last then
  save_counts()
  redis.call('HSET', KEYS[2], 'verify_score', last[2], 'verify_member', last[1])
  return {'more', letters}
end
local counters, times, seen = {}, {}, {}
local function note(list, ...)
  for _, one in ipairs({...}) do list[#list + 1] = one end
end
local function is_wrong(was, is)
  if not was.first or not is.first then return false end
  return was.first > is.first or (was.first < is.first and not was.is_first_loose)
    or was.last < is.last or (was.last > is.last and not was.is_last_loose)
end
for _, field in ipairs(redis.call('HKEYS', KEYS[2])) do
  local reason = string.match(field, '^dead:(.+)$') or string.match(field, '^verified:(.+)$')
  if reason and not seen[reason] then
    seen[reason] = true
    local was, is = span_of('dead', reason), span_of('verified', reason)
    redis.call('HSET', KEYS[2], 'dead:' .. reason, is.letters)
    if was.letters ~= is.letters then
      note(counters, 'dead:' .. reason, was.letters, is.letters)
    elseif is_wrong(was, is) then
      note(times, reason, span_text(was), span_text(is))
    end
    is.field = was.field
    save_span(is)
  end
end
drop_verification()
return {'done', 0, counters, times}`,
)

/** A counter that was wrong. */
export interface MendedCounter {
  /** Its field in the stats, such as `dead:invalid`. */
  counter: string
  before: number
  after: number
}

/** Times of the first and last failure for one reason: as they were kept, and as they are. */
export interface MendedTimes {
  reason: string
  before: FailureTimes
  after: FailureTimes
}

/** What a count of all letters found. */
export interface Verification {
  /** Letters read, including those of other programs. */
  letters: number
  /** Counters that were wrong, and have been corrected. */
  mended: MendedCounter[]
  /** Reasons whose counter was right but whose times were wrong; they are corrected now. */
  mendedTimes: MendedTimes[]
}

export interface VerifyOptions {
  signal: AbortSignal
  /** @param letters counted so far */
  onProgress?(letters: number): void
}

/**
 * Counts all dead letters page by page and corrects the counters, while others go on adding and removing letters.
 * @returns undefined if it was interrupted; then nothing was changed
 * @throws QtoolError `VERIFY` if purges or other counts keep making its own void
 */
export async function verifyCounts(
  redis: Redis,
  keys: QueueKeys,
  options: VerifyOptions,
): Promise<Verification | undefined> {
  for (let beginnings = 0; beginnings < MOST_BEGINNINGS; beginnings++) {
    const found = await countOnce(redis, keys, options)
    if (found !== 'lost') return found
  }
  throw new QtoolError('the count was invalidated repeatedly by purges or by another count', {
    code: 'VERIFY',
    suggestions: ['qtool audit shows who is working on this queue'],
  })
}

type Reply = [state: string, letters: number, counters?: Array<string | number>, times?: string[]]

async function countOnce(
  redis: Redis,
  keys: QueueKeys,
  {signal, onProgress}: VerifyOptions,
): Promise<Verification | 'lost' | undefined> {
  const token = randomUUID()
  let letters = 0
  for (let isFirst = true; !signal.aborted; isFirst = false) {
    const args = [token, isFirst ? 1 : 0, PAGE_LETTERS, PAGE_BYTES]
    const reply = (await runScript(redis, VERIFY, [keys.dead, keys.stats], args)) as Reply
    const [state, read, counters = [], times = []] = reply
    if (state === 'lost') return 'lost'
    if (state === 'done') return {letters, mended: countersOf(counters), mendedTimes: timesOf(times)}
    letters += read
    onProgress?.(letters)
  }
  await redis.hdel(keys.stats, 'verify', 'verify_score', 'verify_member')
  return undefined
}

function countersOf(off: Array<string | number>): MendedCounter[] {
  return inThrees(off).map(([counter, before, after]) => ({
    counter: String(counter),
    before: Number(before),
    after: Number(after),
  }))
}

function timesOf(off: string[]): MendedTimes[] {
  return inThrees(off).map(([reason, before, after]) => ({
    reason,
    before: timesOfSpan(before),
    after: timesOfSpan(after),
  }))
}

/** A span begins with the letters it is about. */
function timesOfSpan(text: string): FailureTimes {
  return failureTimes(parseSpan(text, Number.parseInt(text, 10)) ?? {})
}

function inThrees<T>(list: T[]): T[][] {
  return Array.from({length: list.length / 3}, (_, i) => list.slice(3 * i, 3 * i + 3))
}
