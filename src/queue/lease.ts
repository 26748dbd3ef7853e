import type {Redis} from 'ioredis'
import type {QueueKeys} from '../redis/keys.ts'
import {defineScript, runScript, runScriptBuffer} from '../redis/script.ts'
import {Items} from './items.ts'

/** A batch of items that one worker holds until a deadline. */
export interface Lease {
  id: string
  /** Rises with every hand-out of any lease of the queue; refuses a late acknowledge. */
  fence: number
  /** Times it was handed out; what was given back by a stopping worker does not count. */
  attempt: number
  /** Transient failures so far. */
  retries: number
  /** In the order of their scores. */
  items: Items
  /** When it was taken, ms since 1970 by the clock of Redis. */
  takenAt: number
}

/** Nothing to take now. */
export interface NoLease {
  /** Leases that somebody holds. */
  held: number
  /** Until the first of them may be taken over, by the clock of Redis; undefined where none is held. */
  nextVisibleInMs: number | undefined
  /** Somebody has paused the queue. */
  paused: boolean
}

/*
 * The state of a lease is one field of the attempts hash: "FENCE ATTEMPT RETRIES", numbers with blanks between.
 *
 * KEYS[1] ready ZSET       KEYS[2] leases ZSET     KEYS[3] attempts HASH   KEYS[4] items of the new lease ZSET
 * KEYS[5] paused STRING    KEYS[6] stats HASH
 * ARGV[1] id of the new lease    ARGV[2] most items to take    ARGV[3] length of the lease in ms
 * Returns {id, fence, attempt, retries, now in ms} of the lease taken, or
 * {"", leases held, ms until the first is visible or -1, 1 where the queue is paused}.
 *
 * A call repeated with the same id returns the same lease. A lease that nobody acknowledged in time goes first,
 * whole and under its own id. The move stays in C (ZRANGESTORE, ZREMRANGEBYRANK): payloads never enter Lua.
 * The hashes are read before anything moves, so that a key of a wrong type stops the script while nothing
 * has changed. allow-oom: a full Redis must still be drained, and a lease frees more than it takes.
 */
const TAKE = defineScript(
  'take',
  `#!lua flags=allow-oom
local id, count, length = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3])
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local function state(text)
  local fence, attempt, retries = string.match(text or '', '^(%d+) (%d+) (%d+)$')
  return tonumber(fence or 0), tonumber(attempt or 0), tonumber(retries or 0)
end
local own = redis.call('HGET', KEYS[3], id)
if redis.call('ZSCORE', KEYS[2], id) then
  local fence, attempt, retries = state(own)
  return {id, fence, attempt, retries, now}
end
redis.call('HGET', KEYS[6], 'fence')
local visible = string.format('%.0f', now + length)
local paused = redis.call('EXISTS', KEYS[5])
if paused == 0 then
  local late = redis.call('ZRANGE', KEYS[2], '-inf', now, 'BYSCORE', 'LIMIT', 0, 1)
  if late[1] then
    local _, attempt, retries = state(redis.call('HGET', KEYS[3], late[1]))
    local fence = redis.call('HINCRBY', KEYS[6], 'fence', 1)
    redis.call('ZADD', KEYS[2], 'XX', visible, late[1])
    redis.call('HSET', KEYS[3], late[1], fence .. ' ' .. attempt + 1 .. ' ' .. retries)
    return {late[1], fence, attempt + 1, retries, now}
  end
end
if paused == 1 or redis.call('ZRANGESTORE', KEYS[4], KEYS[1], 0, count - 1) == 0 then
  local first = redis.call('ZRANGE', KEYS[2], 0, 0, 'WITHSCORES')
  return {'', redis.call('ZCARD', KEYS[2]), first[2] and math.max(0, first[2] - now) or -1, paused}
end
redis.call('ZREMRANGEBYRANK', KEYS[1], 0, count - 1)
redis.call('ZADD', KEYS[2], visible, id)
local fence = redis.call('HINCRBY', KEYS[6], 'fence', 1)
redis.call('HSET', KEYS[3], id, fence .. ' 1 0')
return {id, fence, 1, 0, now}`,
)

/*
 * KEYS[1] items of a lease ZSET
 * Returns {all items end to end, their lengths with commas between them}.
 *
 * Two strings instead of thousands: that halves what a worker spends on reading replies, for 0.2 us an item in
 * Redis. The payloads are only joined; nothing in Lua looks into them.
 */
const READ = defineScript(
  'read',
  `#!lua flags=no-writes,allow-stale
local items = redis.call('ZRANGE', KEYS[1], 0, -1)
local lengths = {}
for i = 1, #items do lengths[i] = #items[i] end
return {table.concat(items), table.concat(lengths, ',')}`,
)

async function readItems(redis: Redis, key: string): Promise<Items> {
  const [bytes, lengths] = (await runScriptBuffer(redis, READ, [key])) as [Buffer, Buffer]
  return Items.fromLengths(bytes, lengths)
}

/**
 * Takes a lease over up to `count` items for `lengthMs`.
 * @param id chosen by the caller, so that a call repeated after a broken connection returns the same lease.
 */
export async function takeLease(
  redis: Redis,
  keys: QueueKeys,
  options: {id: string; count: number; lengthMs: number},
): Promise<Lease | NoLease> {
  const {id, count, lengthMs} = options
  const own = keys.lease(id)
  const taking = runScript(
    redis,
    TAKE,
    [keys.ready, keys.leases, keys.attempts, own, keys.paused, keys.stats],
    [id, count, lengthMs],
  )
  // Sent behind the script without waiting for it: nearly every lease is the new one, and this saves a round trip.
  const reading = readItems(redis, own)
  reading.catch(() => {})
  const taken = (await taking) as [string, number, number, number, number]
  if (taken[0] === '') {
    return {held: taken[1], nextVisibleInMs: taken[2] < 0 ? undefined : taken[2], paused: taken[3] === 1}
  }
  const ownItems = taken[0] === id ? await reading : undefined
  // Empty where Redis did not know the script yet, so that the items were read before they were moved.
  const items = ownItems && ownItems.count > 0 ? ownItems : await readItems(redis, keys.lease(taken[0]))
  return {id: taken[0], fence: taken[1], attempt: taken[2], retries: taken[3], items, takenAt: taken[4]}
}

/** What a holder must know of its lease to change it. */
export interface HeldLease {
  id: string
  fence: number
}
