import type {GiveBack, Held, LeaseRef} from '../lease.ts'
import {composeScript} from '../lua-engine.ts'
import {type LeaseBook, NOW, runHeld} from './book.ts'

/*
 * KEYS[1] ready items   KEYS[2] leases ZSET   KEYS[3] attempts HASH
 * ARGV[1] lease id   ARGV[2] fence   ARGV[3] ms from now at which it becomes visible
 * ARGV[4] added to the attempts   ARGV[5] added to the retries
 * ARGV[6] "1" if it is given back, and its holder until now is fenced off
 * Returns 1, or 0 if the lease is not held under this fence any more.
 */
const MOVE_DEADLINE = composeScript(
  'move-deadline',
  () => `#!lua flags=allow-oom
${NOW}
local id = ARGV[1]
local fence, attempt, retries, rest = string.match(redis.call('HGET', KEYS[3], id) or '', '^(%d+) (%d+) (%d+)(.*)$')
if fence ~= ARGV[2] or not redis.call('ZSCORE', KEYS[2], id) then return 0 end
redis.call('ZADD', KEYS[2], 'XX', now(ARGV[3]), id)
if ARGV[6] == '1' then
  redis.call('HSET', KEYS[3], id, '0 ' .. math.max(0, attempt + ARGV[4]) .. ' ' .. retries + ARGV[5] .. rest)
end
return 1`,
)

function moveDeadline(
  book: LeaseBook,
  lease: LeaseRef,
  move: {inMs: number; attempts: number; retries: number; giveBack: 0 | 1},
): Promise<Held> {
  const {leases, attempts} = book.keys
  const args = [lease.id, lease.fence, Math.round(move.inMs), move.attempts, move.retries, move.giveBack]
  return runHeld(book, MOVE_DEADLINE, [leases, attempts], args)
}

/** Heartbeat: the holder needs `lengthMs` more. */
export function extendLease(book: LeaseBook, lease: LeaseRef, lengthMs: number): Promise<Held> {
  return moveDeadline(book, lease, {inMs: lengthMs, attempts: 0, retries: 0, giveBack: 0})
}

/** Gives a lease back: anybody may take it after `delayMs`. The delay is kept in Redis, so it outlives this worker. */
export function giveLeaseBack(book: LeaseBook, lease: LeaseRef, {why, delayMs}: GiveBack): Promise<Held> {
  const counts = why === 'failed' ? {attempts: 0, retries: 1} : {attempts: -1, retries: 0}
  return moveDeadline(book, lease, {inMs: delayMs, ...counts, giveBack: 1})
}
