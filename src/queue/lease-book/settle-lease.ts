import type {Redis} from 'ioredis'
import type {QueueKeys} from '../../redis/keys.ts'
import {defineScript, runScript} from '../../redis/script.ts'
import {letterCounting} from '../letters/letter-counts.ts'
import type {HeldLease} from './lease.ts'

/** Lua's unpack fails at 8,000 values; 1,000 members per call also keep each call short. */
const MEMBERS_PER_CALL = 1000

/** What became of the records of a lease, in numbers of records. */
export interface LeaseOutcome {
  inserted: number
  alreadyThere: number
  /** Dropped by a trigger or rule of the table, or written elsewhere by it. */
  suppressed: number
  deadLetters: DeadLetterEntry[]
  /** Records that wait for their parents in a lease of their own. */
  postponed: Postponed[]
  /** What became of replayed items; other items may be among them. */
  replayed?: ReplayOutcome[]
}

/** What became of an item that was replayed: `failed` if one of its records is a dead letter. */
export interface ReplayOutcome {
  /** See `historyField`. */
  field: string
  outcome: 'written' | 'failed'
}

/** A record that is tried again later. */
export interface Postponed {
  score: number
  text: string
}

/** A member of the dead letter set, ready to be stored. */
export interface DeadLetterEntry {
  /** ms since 1970; the score. */
  failedAt: number
  text: string
}

/*
 * KEYS[1] items of the lease ZSET   KEYS[2] leases ZSET   KEYS[3] attempts HASH   KEYS[4] dead ZSET   KEYS[5] stats HASH
 * KEYS[6] history HASH   KEYS[7] canary HASH
 * ARGV[1] lease id   ARGV[2] fence   ARGV[3] "1" when this is the last call for the lease
 * ARGV[4] inserted   ARGV[5] already there   ARGV[6] dead letters in all   ARGV[7] dead letters in the calls before
 * ARGV[8] dead letters of this call   ARGV[9] suppressed
 * ARGV[10..] score, member, ..., then history field, outcome, ...
 * Returns 1; 2 if the lease is gone, as after a call whose reply was lost; or 0 if another worker holds it.
 *
 * The dead letters are added before the lease is removed: an error halfway leaves both. How many were added is part
 * of the state of the lease, so that the next holder does not add them again: they may have been replayed by then.
 * The history of a replayed item is removed here, and its outcome is reported to the run that watches it. UNLINK
 * frees the items in the background.
 */
const ACKNOWLEDGE = defineScript(
  'acknowledge',
  `#!lua flags=allow-oom
local id = ARGV[1]
local state = redis.call('HGET', KEYS[3], id)
local deadline = redis.call('ZSCORE', KEYS[2], id)
if not state and not deadline then return 2 end
local fence, tries, added = string.match(state or '', '^(%d+) (%d+ %d+) ?(%d*)$')
if fence ~= ARGV[2] or not deadline then return 0 end
${letterCounting('KEYS[5]')}
if (tonumber(added) or 0) <= tonumber(ARGV[7]) then
  for i = 10, 9 + 2 * ARGV[8], 2 do add_letter(KEYS[4], ARGV[i], ARGV[i + 1]) end
end
save_counts()
for i = 10 + 2 * ARGV[8], #ARGV, 2 do
  local past = redis.call('HGET', KEYS[6], ARGV[i])
  if past then
    redis.call('HDEL', KEYS[6], ARGV[i])
    local mark = (string.match(past, '^([%x-]+) ') or '') .. ':' .. ARGV[i]
    if redis.call('HEXISTS', KEYS[7], mark) == 1 then redis.call('HSET', KEYS[7], mark, ARGV[i + 1]) end
  end
end
if ARGV[3] == '1' then
  redis.call('HINCRBY', KEYS[5], 'inserted', ARGV[4])
  redis.call('HINCRBY', KEYS[5], 'already_there', ARGV[5])
  redis.call('HINCRBY', KEYS[5], 'dead_lettered', ARGV[6])
  if ARGV[9] ~= '0' then redis.call('HINCRBY', KEYS[5], 'suppressed', ARGV[9]) end
  redis.call('UNLINK', KEYS[1])
  redis.call('ZREM', KEYS[2], id)
  redis.call('HDEL', KEYS[3], id)
else
  local known = math.max(tonumber(added) or 0, ARGV[7] + ARGV[8])
  redis.call('HSET', KEYS[3], id, string.format('%s %s %d', fence, tries, known))
end
return 1`,
)

/*
 * KEYS[1] leases ZSET   KEYS[2] attempts HASH   KEYS[3] items of the new lease ZSET
 * ARGV[1] lease id   ARGV[2] fence   ARGV[3] id of the new lease
 * ARGV[4] ms until it becomes visible, or "" while more items follow   ARGV[5..] score, item, ...
 * Returns 1, or 0 if the lease is no longer held under this fence.
 *
 * A repeated call changes nothing: what a worker has done with the new lease meanwhile stays.
 */
const POSTPONE = defineScript(
  'postpone',
  `#!lua flags=allow-oom
local id, new = ARGV[1], ARGV[3]
if string.match(redis.call('HGET', KEYS[2], id) or '', '^%d+') ~= ARGV[2] or not redis.call('ZSCORE', KEYS[1], id) then return 0 end
redis.call('ZADD', KEYS[3], unpack(ARGV, 5))
if ARGV[4] ~= '' then
  local time = redis.call('TIME')
  local visible = time[1] * 1000 + math.floor(time[2] / 1000) + ARGV[4]
  redis.call('ZADD', KEYS[1], 'NX', string.format('%.0f', visible), new)
  redis.call('HSETNX', KEYS[2], new, '0 0 0')
end
return 1`,
)

/**
 * Moves records of a lease into a lease of their own that becomes visible after `delayMs`; call it before the lease
 * itself is acknowledged. The delay is kept in Redis, so it outlives the worker. @returns false if another worker
 * holds the lease by now
 */
export async function postponeRecords(
  redis: Redis,
  keys: QueueKeys,
  lease: HeldLease,
  later: {id: string; delayMs: number; records: Postponed[]},
): Promise<boolean> {
  const names = [keys.leases, keys.attempts, keys.lease(later.id)]
  for (let from = 0; from < later.records.length; from += MEMBERS_PER_CALL) {
    const part = later.records.slice(from, from + MEMBERS_PER_CALL)
    const isLast = from + MEMBERS_PER_CALL >= later.records.length
    const members = part.flatMap(({score, text}) => [score, text])
    const delay = isLast ? Math.round(later.delayMs) : ''
    const held = await runScript(redis, POSTPONE, names, [lease.id, lease.fence, later.id, delay, ...members])
    if (held !== 1) return false
  }
  return true
}

/**
 * Drops a lease whose records are all accounted for, adds its dead letters and counts.
 * @returns false if another worker holds the lease by now; then nothing was changed
 */
export async function acknowledgeLease(
  redis: Redis,
  keys: QueueKeys,
  lease: HeldLease,
  outcome: LeaseOutcome,
): Promise<boolean> {
  const {deadLetters, replayed = []} = outcome
  const {leases, attempts, dead, stats, history, canary} = keys
  const names = [keys.lease(lease.id), leases, attempts, dead, stats, history, canary]
  const counts = [outcome.inserted, outcome.alreadyThere, deadLetters.length]
  for (let from = 0; ; from += MEMBERS_PER_CALL) {
    const to = from + MEMBERS_PER_CALL
    const isLast = to >= deadLetters.length && to >= replayed.length
    const letters = deadLetters.slice(from, to)
    const members = letters.flatMap((entry) => [entry.failedAt, entry.text])
    const outcomes = replayed.slice(from, to).flatMap(({field, outcome}) => [field, outcome])
    const before = Math.min(from, deadLetters.length)
    const args = [
      lease.id,
      lease.fence,
      isLast ? 1 : 0,
      ...counts,
      before,
      letters.length,
      outcome.suppressed,
      ...members,
      ...outcomes,
    ]
    const held = await runScript(redis, ACKNOWLEDGE, names, args)
    if (held !== 1) return held === 2
    if (isLast) return true
  }
}
