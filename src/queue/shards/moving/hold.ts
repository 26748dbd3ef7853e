import {defineScript, runScript} from '../../../redis/script.ts'
import type {Member} from '../shard-set.ts'

/** How long the workers of a shard wait for a mover that has died, ms; with strict order as long as it takes. */
export const HOLD_MS = 30_000

/*
 * KEYS[1] paused STRING   ARGV[1] what is kept there   ARGV[2] ms, or 0 for no end
 * Workers take no new items from now on, only leases that were held; a pause of somebody else stays as it is. Repeated to
 * hold it for longer.
 */
const HOLD = defineScript(
  'hold shard',
  `#!lua flags=allow-oom
local now = redis.call('GET', KEYS[1])
if now and string.sub(now, 1, 5) ~= 'hold ' then return 0 end
if ARGV[2] == '0' then
  redis.call('SET', KEYS[1], ARGV[1])
else
  redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
end
return 1`,
)

/* KEYS[1] paused STRING   Ends a hold; a pause of somebody else stays. */
const RELEASE = defineScript(
  'release shard',
  `#!lua flags=allow-oom
local now = redis.call('GET', KEYS[1])
if now and string.sub(now, 1, 5) == 'hold ' then redis.call('DEL', KEYS[1]) end
return 1`,
)

export async function holdShard({redis, keys}: Member, forMs: number): Promise<void> {
  await runScript(redis, HOLD, [keys.paused], [`hold ${new Date().toISOString()}`, forMs])
}

export async function releaseShard({redis, keys}: Member): Promise<void> {
  await runScript(redis, RELEASE, [keys.paused], [])
}

/* KEYS[1] binding HASH   ARGV[1] epoch   From now on the shard refuses items that were placed by an older map. */
const FENCE = defineScript(
  'fence shard',
  `#!lua flags=allow-oom
if tonumber(redis.call('HGET', KEYS[1], 'epoch') or 0) < tonumber(ARGV[1]) then redis.call('HSET', KEYS[1], 'epoch', ARGV[1]) end
return 1`,
)

export async function fenceShard({redis, keys}: Member, epoch: number): Promise<void> {
  await runScript(redis, FENCE, [keys.sink], [epoch])
}
