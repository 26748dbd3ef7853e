import {runScript} from '../redis/script.ts'
import {findBrokenCounter} from './broken-key.ts'
import type {EngineCalls} from './engine-calls.ts'
import type {LeaseBook} from './lease-book/book.ts'
import {parseScore} from './letters/letter-range.ts'
import {type LetterSpan, parseSpan} from './letters/letter-span.ts'
import {failedMs, timedRanges} from './letters/letter-time.ts'
import {composeScript} from './lua-engine.ts'
import {type Recent, recentOf} from './recent.ts'

/** Most leases whose items are counted: 1 to 2 ms of Redis's time. There are about as many leases as workers. */
const MOST_LEASES = 2000

/*
 * KEYS[1] ready items   KEYS[2] dead ZSET   KEYS[3] leases ZSET   KEYS[4] stats HASH   KEYS[5] paused STRING
 * KEYS[6] workers HASH
 * ARGV[1] key of a lease without its id   ARGV[2] most leases to count
 * ARGV[3..] ranges of scores that are times: from, until
 * Returns {now in ms, ready or -1 if they have to be counted, dead, leases, overdue leases, leases counted, items in them, ms the pause lasts, stats,
 * workers, place of the first ready item, first score of each range..., last score of each range...}.
 *
 * One script, so that all figures are from one moment and add up. Nothing in it reads more than a few members,
 * however large the sets are. The keys of the leases are in the same slot as the others.
 */
const SNAPSHOT = composeScript(
  'snapshot',
  (engine) => `#!lua flags=no-writes,allow-stale
${engine.size}
${engine.head}
local time = redis.call('TIME')
local now = string.format('%.0f', time[1] * 1000 + math.floor(time[2] / 1000))
local items = 0
local leases = redis.call('ZRANGE', KEYS[3], 0, ARGV[2] - 1)
for _, id in ipairs(leases) do items = items + size(ARGV[1] .. id) end
local ready, is_known = size(KEYS[1])
local reply = {
  tonumber(now), is_known == false and -1 or ready, redis.call('ZCARD', KEYS[2]), redis.call('ZCARD', KEYS[3]),
  redis.call('ZCOUNT', KEYS[3], '-inf', now), #leases, items, redis.call('PTTL', KEYS[5]),
  redis.call('HGETALL', KEYS[4]), redis.call('HVALS', KEYS[6]), head(),
}
for i = 3, #ARGV, 2 do
  local ends = redis.call('ZRANGE', KEYS[2], ARGV[i], '(' .. ARGV[i + 1], 'BYSCORE', 'LIMIT', 0, 1, 'WITHSCORES')
  reply[#reply + 1] = ends[2] or ''
  ends = redis.call('ZRANGE', KEYS[2], '(' .. ARGV[i + 1], ARGV[i], 'BYSCORE', 'REV', 'LIMIT', 0, 1, 'WITHSCORES')
  reply[#reply + 1] = ends[2] or ''
end
return reply`,
)

/** What a queue holds, at one moment. */
export interface QueueFigures {
  /** Items ready to be leased. */
  ready: number
  /** Items held in leases. */
  leased: number
  /** True if there are too many leases to count the items of each, so that `leased` is an estimate. */
  isLeasedEstimate: boolean
  leases: number
  /** Leases whose deadline has passed. */
  overdueLeases: number
  deadLetters: number
  paused: boolean
  /** ms until the pause ends; null if it has no end. */
  pauseEndsInMs: number | null
  /** Age of the item that leaves next; null if its producer wrote no time. */
  oldestMs: number | null
}

/** The figures with what they are made of. */
export interface QueueSnapshot extends QueueFigures {
  /** ms since 1970 by the clock of Redis. */
  nowMs: number
  /** First and last failure of the letters whose score is a time, ms since 1970. */
  firstFailedMs: number | undefined
  lastFailedMs: number | undefined
  stats: Map<string, number>
  /** Spans of qtool's own letters by reason, as far as they are stored. */
  spans: Map<string, LetterSpan>
  /** JSON of each worker process. */
  workers: string[]
  /** Undefined if nobody has counted. */
  recent: Recent | undefined
}

type Reply = [
  now: number,
  ready: number,
  dead: number,
  leases: number,
  overdue: number,
  counted: number,
  items: number,
  pauseMs: number,
  stats: string[],
  workers: string[],
  first: string,
  ...ends: string[],
]

/** Reads what a queue holds, in one step and in a time that does not grow with it. */
export async function takeSnapshot(
  {redis, keys, engine}: LeaseBook,
  {depth, timesOf}: Pick<EngineCalls, 'depth' | 'timesOf'>,
): Promise<QueueSnapshot> {
  const names = [keys.ready, keys.dead, keys.leases, keys.stats, keys.paused, keys.workers]
  const ranges = timedRanges().flatMap(({from, until}) => [from, until])
  const args = [keys.lease(''), MOST_LEASES, ...ranges]
  const reply = (await runScript(redis, SNAPSHOT(engine), names, args)) as Reply
  const [
    nowMs,
    ready,
    deadLetters,
    leases,
    overdueLeases,
    counted,
    items,
    pauseMs,
    stats,
    workers,
    first,
    ...ends
  ] = reply
  const times = ends.flatMap((score) => (score === '' ? [] : [failedMs(parseScore(score))]))
  const {enqueuedAt} = timesOf(first === '' ? Number.NaN : parseScore(first), nowMs)
  // A moment later than the others, if Redis could not tell it in time
  const depthNow = ready < 0 ? await depth(redis, keys) : ready
  const fields = fieldsOf(stats)
  return {
    nowMs,
    ready: depthNow,
    leased: counted === leases ? items : Math.round((items / counted) * leases),
    isLeasedEstimate: counted < leases,
    leases,
    overdueLeases,
    deadLetters,
    firstFailedMs: times.length > 0 ? Math.min(...times) : undefined,
    lastFailedMs: times.length > 0 ? Math.max(...times) : undefined,
    paused: pauseMs !== -2,
    pauseEndsInMs: pauseMs >= 0 ? pauseMs : null,
    oldestMs: enqueuedAt === undefined ? null : Math.max(0, Math.round(nowMs - enqueuedAt)),
    ...readStats(keys.stats, fields),
    workers,
    recent: recentOf(fields, {nowMs, ready: depthNow}),
  }
}

/** @param flat field, value, ... */
function fieldsOf(flat: string[]): Map<string, string> {
  return new Map(flat.flatMap((field, i) => (i % 2 === 0 ? [[field, flat[i + 1]] as const] : [])))
}

/** @param key of the counters */
function readStats(key: string, fields: Map<string, string>): Pick<QueueSnapshot, 'stats' | 'spans'> {
  const stats = new Map([...fields].map(([field, value]) => [field, Number(value)]))
  const broken = findBrokenCounter(key, fields)
  if (broken) throw broken
  const spans = new Map<string, LetterSpan>()
  for (const [field, text] of fields) {
    const reason = SPAN_FIELD.exec(field)?.[1] ?? ''
    const span = parseSpan(text, stats.get(`dead:${reason}`) ?? 0)
    if (span) spans.set(reason, span)
  }
  return {stats, spans}
}

const SPAN_FIELD = /^failed:(.*)$/
