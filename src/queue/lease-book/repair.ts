import {runScript} from '../../redis/script.ts'
import {composeScript} from '../lua-engine.ts'
import {type LeaseBook, NOW} from './book.ts'

/*
 * KEYS[1] ready items   KEYS[2] leases ZSET   KEYS[3] attempts HASH   KEYS[4] items of the lease   ARGV[1] lease id
 * Returns 1 if the lease had lost its deadline and has one again.
 */
const REPAIR = composeScript(
  'repair',
  (engine) => `#!lua flags=allow-oom
${engine.size}
${NOW}
local id = ARGV[1]
if redis.call('ZSCORE', KEYS[2], id) or redis.call('HEXISTS', KEYS[3], id) == 0 then return 0 end
if size(KEYS[4]) == 0 then
  redis.call('HDEL', KEYS[3], id)
  return 0
end
redis.call('ZADD', KEYS[2], now(), id)
return 1`,
)

/**
 * Makes leases visible again whose entry among the deadlines is gone, for example because somebody deleted that
 * key: without one nobody would ever take them over. @returns how many
 */
export async function repairLeases({redis, keys, engine}: LeaseBook): Promise<number> {
  const ids = await redis.hkeys(keys.attempts)
  if (ids.length === 0) return 0
  const deadlines = await redis.zmscore(keys.leases, ...ids)
  const lost = ids.filter((_, i) => deadlines[i] === null)
  const shared = [keys.ready, keys.leases, keys.attempts]
  const repaired = await Promise.all(
    lost.map((id) => runScript(redis, REPAIR(engine), [...shared, keys.lease(id)], [id])),
  )
  return repaired.filter((one) => one === 1).length
}

/** Ids of all leases, those without a deadline included. */
export async function leaseIds({redis, keys}: LeaseBook): Promise<string[]> {
  const [known, deadlines] = await Promise.all([
    redis.hkeys(keys.attempts),
    redis.zrange(keys.leases, '0', '-1'),
  ])
  return [...new Set([...known, ...deadlines])]
}
