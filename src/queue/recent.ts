import {OUTCOMES} from '../record/outcomes.ts'
import type {LuaEngine} from './lua-engine.ts'

/** Steps of the recent past that are kept, and how long one is, s: together a minute, and the step under way. */
const STEPS = 13
const STEP_S = 5

/** Counters of records that came out, besides those of dead letters. */
const OUT = Object.values(OUTCOMES)

/** Fields of the stats: what its counters were when the first records of a step of time came in or out. */
const FIELD = /^recent:\d+$/

/**
 * Lua: `remember(stats)`, called before the counters in that hash grow; needs `size`. The first call of each step of time
 * notes what they are, in place of the step that is a minute old: `MS ENQUEUED OUT REFUSED READY`. It notes no ready items of
 * an engine that has to count them, nor of a key of another type.
 */
export function remembering(engine: LuaEngine): string {
  // Only an engine whose size has to be counted has a tally
  const ready = engine.tally
    ? `local ready = '-'`
    : `local is_known, ready = pcall(size, KEYS[1])
  if not is_known then ready = '-' end`
  return `
local function remember(stats)
  local time = redis.call('TIME')
  local step = math.floor(time[1] / ${STEP_S})
  local field = 'recent:' .. step % ${STEPS}
  local known = tonumber(string.match(redis.call('HGET', stats, field) or '', '^%d+'))
  if known and math.floor(known / ${STEP_S * 1000}) == step then return end
  local names = {'enqueued', 'dead_lettered', ${OUT.map((name) => `'${name}'`).join(', ')}}
  local count = redis.call('HMGET', stats, unpack(names))
  local out = 0
  for i = 1, #names do
    count[i] = tonumber(count[i]) or 0
    if i > 1 then out = out + count[i] end
  end
  ${ready}
  redis.call('HSET', stats, field, string.format('%.0f %.0f %.0f %.0f %s', time[1] * 1000 + math.floor(time[2] / 1000),
    count[1], out, count[2], ready))
end`
}

/** Ready items at one moment, ms since 1970. */
export interface Noted {
  atMs: number
  items: number
}

/** What is known of the last minute of a queue. */
export interface Recent {
  /** ms since 1970 by the clock of Redis. */
  nowMs: number
  /** How many seconds it covers: 60, and up to the length of a step more. */
  seconds: number
  /** Records that came in, came out, and of the latter those that became dead letters. */
  in: number
  out: number
  refused: number
  /** Ready items at some moments, oldest first, the last is now; empty if they are not known. */
  ready: Noted[]
}

/** Records a second over the last minute. */
export interface LastMinute {
  inPerSecond: number
  outPerSecond: number
  refusedPerSecond: number
}

/**
 * The last minute, from the stats of a queue. A step without a note is one in which no counter grew.
 * @returns undefined if nobody has kept notes, as an earlier qtool does not
 */
export function recentOf(
  fields: Iterable<[string, string]>,
  {nowMs, ready}: {nowMs: number; ready: number},
): Recent | undefined {
  const texts = new Map(fields)
  const noted = [...texts].flatMap(([field, text]) =>
    FIELD.test(field) ? [text.split(' ').map(Number)] : [],
  )
  if (noted.length === 0) return undefined
  const beginMs = (Math.floor(nowMs / 1000 / STEP_S) - STEPS + 1) * STEP_S * 1000
  const notes = noted.filter(([atMs]) => atMs >= beginMs && atMs <= nowMs).sort(([a], [b]) => a - b)
  const total = (...names: string[]) => names.reduce((sum, name) => sum + Number(texts.get(name) ?? 0), 0)
  const [refused, enqueued] = [total('dead_lettered'), total('enqueued')]
  const out = refused + total(...OUT)
  const [, enqueuedThen = enqueued, outThen = out, refusedThen = refused] = notes.at(0) ?? []
  const points = notes.map(([atMs, , , , items]) => ({atMs, items}))
  return {
    nowMs,
    seconds: (nowMs - beginMs) / 1000,
    in: enqueued - enqueuedThen,
    out: out - outThen,
    refused: refused - refusedThen,
    ready: points.some(({items}) => Number.isNaN(items)) ? [] : [...points, {atMs: nowMs, items: ready}],
  }
}

/** The last minute of a queue that is spread, from those of its shards. */
export function joinRecent(all: readonly Recent[]): Recent | undefined {
  const [first] = all
  if (!first) return undefined
  const sum = (of: (one: Recent) => number) => all.reduce((total, one) => total + of(one), 0)
  const moments = [...new Set(all.flatMap(({ready}) => ready.map(({atMs}) => atMs)))].sort((a, b) => a - b)
  const isKnown = all.every(({ready}) => ready.length > 0)
  return {
    ...first,
    in: sum((one) => one.in),
    out: sum((one) => one.out),
    refused: sum((one) => one.refused),
    ready: isKnown ? moments.map((atMs) => ({atMs, items: sum(({ready}) => readyAt(ready, atMs))})) : [],
  }
}

/** Ready items of a shard at a moment at which another one was noted. */
function readyAt(ready: Recent['ready'], atMs: number): number {
  return (ready.findLast((noted) => noted.atMs <= atMs) ?? ready[0]).items
}

export function lastMinuteOf(recent: Recent | undefined): LastMinute | null {
  if (!recent) return null
  const {seconds} = recent
  return {
    inPerSecond: recent.in / seconds,
    outPerSecond: recent.out / seconds,
    refusedPerSecond: recent.refused / seconds,
  }
}
