import type {Redis} from 'ioredis'
import {Items} from '../../record/items.ts'
import type {QueueKeys} from '../../redis/keys.ts'
import {defineScript, runScript} from '../../redis/script.ts'
import {readLeaseItems} from './lease-items.ts'

/** What a holder needs in order to change its lease. */
export interface HeldLease {
  id: string
  /** Rises with every hand-out of any lease of the queue, so that a late acknowledge is refused. */
  fence: number
}

/** A lease as it was handed out. */
interface TakenLease extends HeldLease {
  /** Times it was handed out, without those after which a stopping worker gave it back. */
  attempt: number
  /** Transient failures so far. */
  retries: number
  /** When it was taken, ms since 1970 by the clock of Redis. */
  takenAt: number
  /** Whether replayed items of this queue are under way; some may be in the lease. */
  mayBeReplayed: boolean
}

/** A batch of items that one worker holds until a deadline. */
export interface Lease extends TakenLease {
  /** The items in the order of their scores. */
  items: Items
}

/**
 * A lease that is too large to be read: it is split before a worker has to hold it in memory, or Redis has to read it
 * at once. Items may grow a thousandfold from one lease to the next, and their size is not known before they are
 * taken.
 */
export interface OversizedLease extends TakenLease {
  itemCount: number
  /** Estimated from items spread over the ranks. */
  bytes: number
}

/** The result if there is nothing to take. */
export interface NoLease {
  /** Leases held by workers. */
  held: number
  /** ms until the first of them may be taken over, by the clock of Redis; undefined if none is held. */
  nextVisibleInMs: number | undefined
  /** Whether the queue is paused. */
  paused: boolean
  /** Ready items, which nobody may take while the queue is paused. */
  ready: number
}

/**
 * How long a taker's last turn is remembered: longer than any connection lives without a reply, so that no call
 * arrives later.
 */
const TURN_MS = 3_600_000

/*
 * The state of a lease is one field of the attempts hash: "FENCE ATTEMPT RETRIES", numbers separated by blanks. After
 * an acknowledge that ended halfway there is a fourth: the dead letters it had added.
 *
 * KEYS[1] ready ZSET       KEYS[2] leases ZSET     KEYS[3] attempts HASH   KEYS[4] items of the new lease ZSET
 * KEYS[5] paused STRING    KEYS[6] stats HASH      KEYS[7] last turn of the taker STRING "TURN LEASE FENCE"
 * KEYS[8] history HASH
 * ARGV[1] id of the new lease    ARGV[2] most items to take    ARGV[3] length of the lease in ms
 * ARGV[4] turn of the taker      ARGV[5] how long its last turn is remembered, ms
 * Returns {id, fence, attempt, retries, now in ms, replayed items under way} of the lease taken, or {"", leases held,
 * ms until the first is visible or -1, 1 if the queue is paused, ready items}.
 *
 * A call repeated in the same turn returns the same lease, as long as nobody else has taken it over. One that arrives
 * after a later turn does nothing: its lease may be acknowledged by now, and new items under an id that the ledger
 * knows would count as written. Once the queue is empty no item is under way, so the history is dropped. A lease that
 * nobody acknowledged in time goes first, whole and under its own id. The move stays in C (ZRANGESTORE,
 * ZREMRANGEBYRANK): payloads never enter Lua. The hashes are read before anything moves, so that a key of a wrong
 * type stops the script while nothing has changed. allow-oom: a full Redis must still be drained, and a lease frees
 * more than it takes.
 */
const TAKE = defineScript(
  'take',
  `#!lua flags=allow-oom
local id, count, length, turn = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4])
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local function state(text)
  local fence, attempt, retries, rest = string.match(text or '', '^(%d+) (%d+) (%d+)(.*)$')
  return tonumber(fence or 0), tonumber(attempt or 0), tonumber(retries or 0), rest or ''
end
local last, took, under = string.match(redis.call('GET', KEYS[7]) or '', '^(%d+) (%S+) (%d+)$')
local isNew = not last or turn > tonumber(last)
local fence, attempt, retries = state(redis.call('HGET', KEYS[3], took or id))
if not isNew and turn == tonumber(last) and fence == tonumber(under) and redis.call('ZSCORE', KEYS[2], took) then
  return {took, fence, attempt, retries, now, redis.call('HLEN', KEYS[8])}
end
redis.call('HGET', KEYS[6], 'fence')
local visible = string.format('%.0f', now + length)
local paused = redis.call('EXISTS', KEYS[5])
local function grant(lease, attempt, retries, rest)
  local fence = redis.call('HINCRBY', KEYS[6], 'fence', 1)
  redis.call('ZADD', KEYS[2], visible, lease)
  redis.call('HSET', KEYS[3], lease, fence .. ' ' .. attempt .. ' ' .. retries .. rest)
  redis.call('SET', KEYS[7], ARGV[4] .. ' ' .. lease .. ' ' .. fence, 'PX', ARGV[5])
  return {lease, fence, attempt, retries, now, redis.call('HLEN', KEYS[8])}
end
if isNew and paused == 0 then
  local late = redis.call('ZRANGE', KEYS[2], '-inf', now, 'BYSCORE', 'LIMIT', 0, 1)
  if late[1] then
    local _, attempt, retries, rest = state(redis.call('HGET', KEYS[3], late[1]))
    return grant(late[1], attempt + 1, retries, rest)
  end
  if redis.call('ZRANGESTORE', KEYS[4], KEYS[1], 0, count - 1) > 0 then
    redis.call('ZREMRANGEBYRANK', KEYS[1], 0, count - 1)
    return grant(id, 1, 0, '')
  end
end
local first = redis.call('ZRANGE', KEYS[2], 0, 0, 'WITHSCORES')
local wait = first[2] and math.max(0, first[2] - now) or -1
local ready = redis.call('ZCARD', KEYS[1])
if ready == 0 and not first[2] then redis.call('UNLINK', KEYS[8]) end
return {'', redis.call('ZCARD', KEYS[2]), wait, paused, ready}`,
)

/**
 * Takes a lease over up to `count` items for `lengthMs`.
 * @param taker one loop of a worker, unique @param turn rises with every lease it asks for; a call repeated after a
 * broken connection has the same turn, and returns the same lease
 */
export async function takeLease(
  redis: Redis,
  keys: QueueKeys,
  options: {taker: string; turn: number; count: number; lengthMs: number},
): Promise<Lease | OversizedLease | NoLease> {
  const {taker, turn, count, lengthMs} = options
  const id = `${taker}~${turn}`
  const own = keys.lease(id)
  const taking = runScript(
    redis,
    TAKE,
    [keys.ready, keys.leases, keys.attempts, own, keys.paused, keys.stats, keys.taker(taker), keys.history],
    [id, count, lengthMs, turn, TURN_MS],
  )
  // Sent right after the script without waiting for it: nearly every lease is the new one, and this saves a round trip.
  const reading = readLeaseItems(redis, own)
  reading.catch(() => {})
  const taken = (await taking) as [string, number, number, number, number, number]
  if (taken[0] === '') {
    const [, held, wait, paused, ready] = taken
    return {held, nextVisibleInMs: wait < 0 ? undefined : wait, paused: paused === 1, ready}
  }
  const ownItems = taken[0] === id ? await reading : undefined
  // Empty if Redis did not know the script yet: then the items were read before they were moved.
  const isRead = ownItems && (!('count' in ownItems) || ownItems.count > 0)
  const items = isRead ? ownItems : await readLeaseItems(redis, keys.lease(taken[0]))
  const [leaseId, fence, attempt, retries, takenAt, replayed] = taken
  const lease = {id: leaseId, fence, attempt, retries, takenAt, mayBeReplayed: replayed > 0}
  return items instanceof Items ? {...lease, items} : {...lease, ...items}
}
