import type {Redis} from 'ioredis'
import {defineScript} from '../../redis/script.ts'
import {Letter} from './letter.ts'
import {PAGE_BYTES, PAGE_MEMBERS, STEP} from './letter-page.ts'
import {parseScore, scoreText} from './letter-range.ts'
import {type ScoreRange, timedRanges, untimedRanges} from './letter-time.ts'

/** Bytes after which a window ends, whatever it was to hold: letters may be of a MiB each. */
const WINDOW_BYTES = 64 * 1024 * 1024

/*
 * KEYS[1] ZSET
 * ARGV[1] lowest score above the first one, or ( and the score to begin at   ARGV[2] members of that score to leave out
 * ARGV[3] lowest score   ARGV[4] most members   ARGV[5] bytes after which it ends   ARGV[6] members to read at a time
 * Returns member, score, ... from the highest score down; nothing where there are no more.
 */
const NEWEST = defineScript(
  'newest',
  `#!lua flags=no-writes
local rank = redis.call('ZCOUNT', KEYS[1], ARGV[1], '+inf') + ARGV[2]
local behind = math.min(redis.call('ZCOUNT', KEYS[1], ARGV[3], '+inf'), rank + ARGV[4])
local most, step = tonumber(ARGV[5]), tonumber(ARGV[6])
local page, bytes, n = {}, 0, 0
while rank < behind and bytes < most do
  local some = redis.call('ZRANGE', KEYS[1], rank, math.min(rank + step, behind) - 1, 'REV', 'WITHSCORES')
  for i = 1, #some, 2 do
    page[n + i], page[n + i + 1] = some[i], some[i + 1]
    bytes = bytes + #some[i]
  end
  n = n + #some
  rank = rank + step
end
return page`,
)

/**
 * Pages of the newest dead letters, newest first, those whose time nobody knows behind all others. Letters that come
 * in meanwhile are left out.
 * @param most letters to read; fewer where they are large
 */
export async function* newestLetters(
  redis: Redis,
  key: string,
  {most, records}: {most: number; records?: readonly string[]},
): AsyncGenerator<Letter[]> {
  const left = {letters: most, bytes: WINDOW_BYTES}
  for (const range of [...timedRanges().reverse(), ...untimedRanges().reverse()]) {
    for await (const page of within(redis, key, range, left)) {
      yield page.map(({member, score}) => new Letter(member, score, records))
    }
  }
}

async function* within(
  redis: Redis,
  key: string,
  {from, until}: ScoreRange,
  left: {letters: number; bytes: number},
): AsyncGenerator<Array<{member: Buffer; score: number}>> {
  let above = until === Number.POSITIVE_INFINITY ? '(+inf' : scoreText(until)
  let skip = 0
  while (left.letters > 0 && left.bytes > 0) {
    const most = Math.min(PAGE_MEMBERS, left.letters)
    const args = [above, skip, scoreText(from), most, PAGE_BYTES, STEP]
    const reply = (await redis.callBuffer('EVAL', NEWEST.lua, 1, key, ...args)) as Buffer[]
    if (reply.length === 0) return
    const page = Array.from({length: reply.length / 2}, (_, i) => ({
      member: reply[2 * i],
      score: parseScore(reply[2 * i + 1].toString('latin1')),
    }))
    const {score} = page[page.length - 1]
    let same = 1
    while (same < page.length && page[page.length - 1 - same].score === score) same++
    skip = same + (`(${scoreText(score)}` === above ? skip : 0)
    above = `(${scoreText(score)}`
    left.letters -= page.length
    for (const {member} of page) left.bytes -= member.length
    yield page
  }
}
