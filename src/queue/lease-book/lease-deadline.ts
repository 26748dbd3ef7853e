import type {Redis} from 'ioredis'
import type {QueueKeys} from '../../redis/keys.ts'
import {defineScript, runScript} from '../../redis/script.ts'
import type {HeldLease} from './lease.ts'

/*
 * KEYS[1] leases ZSET   KEYS[2] attempts HASH
 * ARGV[1] lease id   ARGV[2] fence   ARGV[3] ms until it becomes visible
 * ARGV[4] added to the attempts   ARGV[5] added to the retries
 * ARGV[6] "1" to give it back and fence off its present holder
 * Returns 1, or 0 if the lease is no longer held under this fence.
 */
const MOVE_DEADLINE = defineScript(
  'move-deadline',
  `#!lua flags=allow-oom
local id = ARGV[1]
local fence, attempt, retries, rest = string.match(redis.call('HGET', KEYS[2], id) or '', '^(%d+) (%d+) (%d+)(.*)$')
if fence ~= ARGV[2] or not redis.call('ZSCORE', KEYS[1], id) then return 0 end
local time = redis.call('TIME')
local visible = time[1] * 1000 + math.floor(time[2] / 1000) + ARGV[3]
redis.call('ZADD', KEYS[1], 'XX', string.format('%.0f', visible), id)
if ARGV[6] == '1' then
  redis.call('HSET', KEYS[2], id, '0 ' .. math.max(0, attempt + ARGV[4]) .. ' ' .. retries + ARGV[5] .. rest)
end
return 1`,
)

async function moveDeadline(
  redis: Redis,
  keys: QueueKeys,
  lease: HeldLease,
  move: {inMs: number; attempts: number; retries: number; giveBack: 0 | 1},
): Promise<boolean> {
  const args = [lease.id, lease.fence, Math.round(move.inMs), move.attempts, move.retries, move.giveBack]
  return (await runScript(redis, MOVE_DEADLINE, [keys.leases, keys.attempts], args)) === 1
}

/** Heartbeat: keeps the lease for another `lengthMs` from now. @returns false if it was lost. */
export function extendLease(
  redis: Redis,
  keys: QueueKeys,
  lease: HeldLease,
  lengthMs: number,
): Promise<boolean> {
  return moveDeadline(redis, keys, lease, {inMs: lengthMs, attempts: 0, retries: 0, giveBack: 0})
}

/** Gives a lease back at once, or after `delayMs`; the attempt does not count. @returns false if it was lost. */
export function releaseLease(redis: Redis, keys: QueueKeys, lease: HeldLease, delayMs = 0): Promise<boolean> {
  return moveDeadline(redis, keys, lease, {inMs: delayMs, attempts: -1, retries: 0, giveBack: 1})
}

/**
 * Gives a lease back after a transient failure: any worker may take it after `delayMs`. The delay is kept in Redis,
 * so it outlives this worker. @returns false if the lease was lost.
 */
export function retryLease(
  redis: Redis,
  keys: QueueKeys,
  lease: HeldLease,
  delayMs: number,
): Promise<boolean> {
  return moveDeadline(redis, keys, lease, {inMs: delayMs, attempts: 0, retries: 1, giveBack: 1})
}
