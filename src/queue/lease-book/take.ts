import {Items} from '../../record/items.ts'
import {runScriptBuffer} from '../../redis/script.ts'
import type {OpenedBook} from '../engine-calls.ts'
import type {Take, TakeRequest} from '../lease.ts'
import type {PastFailure} from '../letters/dead-letter.ts'
import {readHistory} from '../letters/history.ts'
import {composeScript} from '../lua-engine.ts'
import {type LeaseBook, NOW, postponementsOf} from './book.ts'
import {type LeaseItems, readLeaseItems, weighing} from './read-items.ts'

/** A call that is this late is not executed any more: longer than any connection lives without an answer. */
const TURN_MS = 3_600_000

/*
 * KEYS[1] ready items      KEYS[2] leases ZSET     KEYS[3] attempts HASH   KEYS[4] items of the new lease
 * KEYS[5] paused STRING    KEYS[6] stats HASH      KEYS[7] last turn of the taker STRING "TURN LEASE FENCE"
 * KEYS[8] history HASH
 * ARGV[1] id of the new lease    ARGV[2] most items to take    ARGV[3] length of the lease in ms
 * ARGV[4] turn of the taker      ARGV[5] how long its last turn is remembered, ms
 * ARGV[6] "1" if no new lease is made while another is held
 * Returns {id, fence, attempt, retries, now in ms, replayed items under way} of the lease taken, or {"", leases held, ms
 * until the first is visible or -1, 1 if the queue is paused, ready items}. Behind a new lease come its items, if the
 * engine has them at hand, or else 1 if they are few enough to be read by one command.
 *
 * A call repeated in the same turn returns the same lease, as long as nobody else has taken it over. One that
 * arrives after a later turn does nothing: its lease may be acknowledged by now, and new items under an id that
 * the ledger knows would count as written. In an empty queue no item is under way, so no history is needed. A lease
 * that nobody acknowledged in time goes first, whole and under its own id. The hashes are read before anything moves,
 * so that a key of a wrong type stops the script while nothing has changed. allow-oom: a full Redis must still be
 * drained, and a lease frees more than it takes.
 */
const TAKE = composeScript(
  'take',
  (engine) => `#!lua flags=allow-oom
${engine.size}
${engine.claim}
${engine.reclaim ? engine.reclaim + COUNT_LOST : ''}
${engine.hasClaimed ? '' : weighing(engine)}
${NOW}
local id, count, length, turn = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4])
local at = tonumber(now())
local function state(text)
  local fence, attempt, retries, rest = string.match(text or '', '^(%d+) (%d+) (%d+)(.*)$')
  return tonumber(fence or 0), tonumber(attempt or 0), tonumber(retries or 0), rest or ''
end
local last, took, under = string.match(redis.call('GET', KEYS[7]) or '', '^(%d+) (%S+) (%d+)$')
local isNew = not last or turn > tonumber(last)
local fence, attempt, retries = state(redis.call('HGET', KEYS[3], took or id))
if not isNew and turn == tonumber(last) and fence == tonumber(under) and redis.call('ZSCORE', KEYS[2], took) then
  return {took, fence, attempt, retries, at, redis.call('HLEN', KEYS[8])}
end
redis.call('HGET', KEYS[6], 'fence')
local pause = redis.call('GET', KEYS[5])
local paused = pause and 1 or 0
-- While items are moved between shards, leases that others have left are finished
local is_held = pause and string.sub(pause, 1, 5) == 'hold '
local function grant(lease, attempt, retries, rest)
  local fence = redis.call('HINCRBY', KEYS[6], 'fence', 1)
  redis.call('ZADD', KEYS[2], string.format('%.0f', at + length), lease)
  redis.call('HSET', KEYS[3], lease, fence .. ' ' .. attempt .. ' ' .. retries .. rest)
  redis.call('SET', KEYS[7], ARGV[4] .. ' ' .. lease .. ' ' .. fence, 'PX', ARGV[5])
  return {lease, fence, attempt, retries, at, redis.call('HLEN', KEYS[8])}
end
if isNew and (paused == 0 or is_held) then
  local late = redis.call('ZRANGE', KEYS[2], '-inf', string.format('%.0f', at), 'BYSCORE', 'LIMIT', 0, 1)
  if late[1] then
    ${engine.reclaim ? 'count_lost(reclaim(string.sub(KEYS[4], 1, -1 - #id) .. late[1]))' : ''}
    local _, attempt, retries, rest = state(redis.call('HGET', KEYS[3], late[1]))
    return grant(late[1], attempt + 1, retries, rest)
  end
  local taken, lost, is_again = 0, 0, false
  if paused == 0 and (ARGV[6] == '0' or redis.call('ZCARD', KEYS[2]) == 0) then taken, lost, is_again = claim(KEYS[1], KEYS[4], count) end
  ${engine.reclaim ? 'count_lost(lost, is_again)' : ''}
  if taken > 0 then
    local granted = grant(id, 1, 0, '')
    granted[7] = ${engine.hasClaimed ? 'claimed' : 'weigh(KEYS[4], taken) and 0 or 1'}
    return granted
  end
end
local first = redis.call('ZRANGE', KEYS[2], 0, 0, 'WITHSCORES')
local wait = first[2] and math.max(0, first[2] - at) or -1
local ready = size(KEYS[1])
if ready == 0 and not first[2] then redis.call('UNLINK', KEYS[8]) end
return {'', redis.call('ZCARD', KEYS[2]), wait, paused, ready}`,
)

/** Lua: counts items that somebody else has removed, and which nobody can write any more; and groups made again. */
const COUNT_LOST = `
local function count_lost(items, is_again)
  if is_again then redis.call('HINCRBY', KEYS[6], 'regrouped', 1) end
  if items > 0 then redis.call('HINCRBY', KEYS[6], 'trimmed', items) end
end`

/** Id, fence, attempt, retries, now in ms, replayed items under way; or what `nothingTaken` reads. */
type Taken = [id: string, number, number, number, number, number]

/** What the script says of the items of a new lease. */
type Brought = Buffer[] | 0 | 1 | undefined

/** Takes a lease over up to `count` items for `lengthMs`. */
export async function takeLease(book: OpenedBook, request: TakeRequest): Promise<Take> {
  const {redis, keys} = book
  const {taker, turn, count, lengthMs, isStrict = false} = request
  const id = `${taker}~${turn}`
  const [name, ...rest] = (await runScriptBuffer(
    redis,
    TAKE(book.engine),
    [
      keys.ready,
      keys.leases,
      keys.attempts,
      keys.lease(id),
      keys.paused,
      keys.stats,
      keys.taker(taker),
      keys.history,
    ],
    [id, count, lengthMs, turn, TURN_MS, isStrict ? 1 : 0],
  )) as [Buffer, ...unknown[]]
  const taken = [name.toString(), ...rest.slice(0, 5)] as Taken
  if (taken[0] === '') return nothingTaken(taken)
  return leaseOf(book, taken, await readTaken(book, taken[0], rest[5] as Brought), count)
}

/**
 * Nearly every lease is new and small, and the plain command for its items costs Redis the least: a million items of
 * 200 bytes took it 0.05 s of CPU, a script that returns them 0.45 s, and one that joins them to one string 1.5 s, while
 * the worker spent the same on all three replies. Sending it ahead with the script would save a round trip, but nobody
 * knows yet how large the reply is.
 */
async function readTaken(book: OpenedBook, id: string, brought: Brought): Promise<LeaseItems> {
  const key = book.keys.lease(id)
  if (Array.isArray(brought)) return {items: Items.from(brought)}
  const {readLease} = book.calls
  if (brought === 1 && readLease) return {items: Items.from(await readLease(book.redis, key))}
  return readLeaseItems(book, key)
}

function nothingTaken([, held, wait, paused, ready]: Taken): Take {
  const nextVisibleInMs = wait < 0 ? undefined : wait
  return {state: paused === 1 ? 'paused' : 'empty', held, nextVisibleInMs, ready}
}

async function leaseOf(
  book: LeaseBook,
  [id, fence, attempt, retries, takenAt, replayed]: Taken,
  read: LeaseItems,
  asked: number,
): Promise<Take> {
  const facts = {id, fence, attempt, retries, takenAt, postponements: postponementsOf(id)}
  if (!('items' in read)) {
    return {state: 'oversized', lease: {...facts, ...read}, mayBeMore: read.itemCount >= asked}
  }
  const mayBeReplayed = replayed > 0
  const pastFailures = mayBeReplayed ? await readPastFailures(book, read.items) : NONE
  const lease = {...facts, ...read, mayBeReplayed, pastFailures}
  return {state: 'lease', lease, mayBeMore: read.items.count >= asked}
}

const NONE: ReadonlyMap<number, PastFailure[]> = new Map()

/** Items asked about in one call. */
const PER_CALL = 1000

async function readPastFailures(
  {redis, keys}: LeaseBook,
  items: Items,
): Promise<ReadonlyMap<number, PastFailure[]>> {
  const known = new Map<number, PastFailure[]>()
  for (let from = 0; from < items.count; from += PER_CALL) {
    const count = Math.min(PER_CALL, items.count - from)
    const part = Array.from({length: count}, (_, i) => items.item(from + i))
    const past = await readHistory(redis, keys.history, part)
    past.forEach((failures, i) => {
      if (failures.length > 0) known.set(from + i, failures)
    })
  }
  return known
}
