import type {Redis} from 'ioredis'
import type {QueueKeys} from '../../redis/keys.ts'
import {defineScript, runScript} from '../../redis/script.ts'
import type {HeldLease} from './lease.ts'

/*
 * KEYS[1] items of the lease ZSET   KEYS[2] leases ZSET   KEYS[3] attempts HASH
 * KEYS[4] items of the lower half ZSET   KEYS[5] items of the upper half ZSET
 * ARGV[1] lease id   ARGV[2] fence   ARGV[3], ARGV[4] ids of the halves   ARGV[5] attempts they begin with
 * Returns 1, or 0 if the lease is no longer held under this fence.
 */
const SPLIT = defineScript(
  'split',
  `#!lua flags=allow-oom
local id = ARGV[1]
if string.match(redis.call('HGET', KEYS[3], id) or '', '^%d+') ~= ARGV[2] or not redis.call('ZSCORE', KEYS[2], id) then return 0 end
local middle = math.floor(redis.call('ZCARD', KEYS[1]) / 2)
redis.call('ZRANGESTORE', KEYS[4], KEYS[1], 0, middle - 1)
redis.call('ZRANGESTORE', KEYS[5], KEYS[1], middle, -1)
local time = redis.call('TIME')
local now = string.format('%.0f', time[1] * 1000 + math.floor(time[2] / 1000))
for half = 3, 4 do
  redis.call('ZADD', KEYS[2], now, ARGV[half])
  redis.call('HSET', KEYS[3], ARGV[half], '0 ' .. ARGV[5] .. ' 0')
end
redis.call('UNLINK', KEYS[1])
redis.call('ZREM', KEYS[2], id)
redis.call('HDEL', KEYS[3], id)
return 1`,
)

/**
 * Splits a lease into two, so that an item that kills its worker is found by halving.
 * @param attempts that each half begins with: it has been handed out before
 * @returns false if another worker holds the lease by now
 */
export async function splitLease(
  redis: Redis,
  keys: QueueKeys,
  lease: HeldLease,
  attempts: number,
): Promise<boolean> {
  const halves = [`${lease.id}.1`, `${lease.id}.2`]
  const names = [keys.lease(lease.id), keys.leases, keys.attempts, ...halves.map(keys.lease)]
  return (await runScript(redis, SPLIT, names, [lease.id, lease.fence, ...halves, attempts])) === 1
}

/*
 * KEYS[1] leases ZSET   KEYS[2] attempts HASH   KEYS[3] items of the lease ZSET   ARGV[1] lease id
 * Returns 1 if the lease had lost its deadline and has one again.
 */
const RESTORE = defineScript(
  'restore',
  `#!lua flags=allow-oom
local id = ARGV[1]
if redis.call('ZSCORE', KEYS[1], id) or redis.call('HEXISTS', KEYS[2], id) == 0 then return 0 end
if redis.call('EXISTS', KEYS[3]) == 0 then
  redis.call('HDEL', KEYS[2], id)
  return 0
end
local time = redis.call('TIME')
redis.call('ZADD', KEYS[1], string.format('%.0f', time[1] * 1000 + math.floor(time[2] / 1000)), id)
return 1`,
)

/**
 * Makes leases visible again whose entry among the deadlines is gone, for example because somebody deleted that key:
 * without it nobody would ever take them over. @returns the number of leases made visible
 */
export async function restoreLeases(redis: Redis, keys: QueueKeys): Promise<number> {
  const ids = await redis.hkeys(keys.attempts)
  if (ids.length === 0) return 0
  const deadlines = await redis.zmscore(keys.leases, ...ids)
  const lost = ids.filter((_, i) => deadlines[i] === null)
  const restored = await Promise.all(
    lost.map((id) => runScript(redis, RESTORE, [keys.leases, keys.attempts, keys.lease(id)], [id])),
  )
  return restored.filter((one) => one === 1).length
}
