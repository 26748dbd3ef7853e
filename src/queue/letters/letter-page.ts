import type {Redis} from 'ioredis'
import {defineScript} from '../../redis/script.ts'
import {parseScore, scoreText} from './letter-range.ts'
import type {ScoreRange} from './letter-time.ts'

/** Most members of one page: 1.7 ms of a busy machine's Redis, where a plain ZRANGE takes 0.2 but has no end... */
export const PAGE_MEMBERS = 500
/** ...and bytes, after which it ends. */
export const PAGE_BYTES = 256 * 1024

/**
 * Members that Redis reads before it looks at their size: a page is at most so many large ones beyond its bytes. A
 * dry run over 300 of a MiB had 31 calls beyond 10 ms with 5 of them, 4 with 2 (one run each, on a busy machine).
 */
export const STEP = 2

/*
 * KEYS[1] ZSET
 * ARGV[1] score to begin at   ARGV[2] members of this score to leave out   ARGV[3] last score, or ( and the one behind it
 * ARGV[4] most members   ARGV[5] bytes after which it ends   ARGV[6] members to read at a time
 * Returns member, score, ... in order; nothing where there are no more.
 */
const PAGE = defineScript(
  'page',
  `#!lua flags=no-writes
local rank = redis.call('ZCOUNT', KEYS[1], '-inf', '(' .. ARGV[1]) + ARGV[2]
local behind = math.min(redis.call('ZCOUNT', KEYS[1], '-inf', ARGV[3]), rank + ARGV[4])
local most, step = tonumber(ARGV[5]), tonumber(ARGV[6])
local page, bytes, n = {}, 0, 0
while rank < behind and bytes < most do
  local some = redis.call('ZRANGE', KEYS[1], rank, math.min(rank + step, behind) - 1, 'WITHSCORES')
  for i = 1, #some, 2 do
    page[n + i], page[n + i + 1] = some[i], some[i + 1]
    bytes = bytes + #some[i]
  end
  n = n + #some
  rank = rank + step
end
return page`,
)

/** A place between two members of a sorted set, which stays where it is while others come and go. */
export interface Cursor {
  score: number
  /** Members of this score that lie before it. */
  skip: number
}

/** The members behind a cursor with their scores, as many as one short call may read. */
export async function readPage(
  redis: Redis,
  key: string,
  {score, skip}: Cursor,
  {until}: ScoreRange,
): Promise<Array<{member: Buffer; score: number}>> {
  const last = Number.isFinite(until) ? `(${until}` : scoreText(until)
  const args = [scoreText(score), skip, last, PAGE_MEMBERS, PAGE_BYTES, STEP]
  // By its text, not by its hash: sent again where the server has forgotten it, it would be read behind the calls sent
  // meanwhile, which take letters away, and its cursor would step over one
  const reply = (await redis.callBuffer('EVAL', PAGE.lua, 1, key, ...args)) as Buffer[]
  return Array.from({length: reply.length / 2}, (_, i) => ({
    member: reply[2 * i],
    score: parseScore(reply[2 * i + 1].toString('latin1')),
  }))
}
