import type {Redis} from 'ioredis'
import {runScript} from '../../redis/script.ts'
import type {ItemSample} from '../items/item-sample.ts'
import type {LeaseBook} from '../lease-book/book.ts'
import {composeScript} from '../lua-engine.ts'
import type {MemoryUsage} from '../memory-usage.ts'

/** Most entries of a sample, and the bytes after which it ends: 2 ms of Redis's time. */
const MOST = 200
const MOST_BYTES = 16 * 1024 * 1024

/*
 * KEYS[1] ready STREAM   ARGV[1] most entries   ARGV[2] bytes after which it ends
 * Returns {items read, bytes of the largest}. Entries have no ranks, so the first of each of many moments is looked at,
 * spread over the time from the first ready entry to the last.
 */
const SAMPLE = composeScript(
  'sample a stream',
  () => `#!lua flags=no-writes,allow-stale
local items, bytes, largest = 0, 0, 0
local function see(item)
  items, bytes, largest = items + 1, bytes + #item, math.max(largest, #item)
end
for _, entry in ipairs(redis.call('XRANGE', returned, '-', '+', 'COUNT', 10)) do see(entry[2][4]) end
local at = look()
if not at then return {items, largest} end
local most, most_bytes = tonumber(ARGV[1]), tonumber(ARGV[2])
local first = redis.call('XRANGE', KEYS[1], '(' .. at.last, '+', 'COUNT', 1)[1]
local last = redis.call('XREVRANGE', KEYS[1], '+', '(' .. at.last, 'COUNT', 1)[1]
if not first then return {items, largest} end
local from = tonumber(string.match(first[1], '^%d+'))
local span = tonumber(string.match(last[1], '^%d+')) - from
local seen = {}
for i = 0, most - 1 do
  if bytes >= most_bytes then break end
  local moment = string.format('(%.0f-%d', from + span * (i * 0.6180339887498949 % 1), i == 0 and 0 or i * 7)
  local entry = i == 0 and first or redis.call('XRANGE', KEYS[1], moment, '+', 'COUNT', 1)[1]
  if entry and not seen[entry[1]] then
    seen[entry[1]] = true
    see(item_of(entry[2]))
  end
end
return {items, largest}`,
)

/** Looks at ready items from everywhere in a stream, without sending them. */
export async function sampleStream({redis, keys, engine}: LeaseBook): Promise<ItemSample> {
  const [items, largest] = (await runScript(
    redis,
    SAMPLE(engine),
    [keys.ready],
    [MOST, MOST_BYTES],
  )) as number[]
  return {items, largest}
}

/** Nodes of a stream that Redis looks at; each holds up to 100 entries. */
const SAMPLES = 200

/** How much memory a stream takes, with its groups and with entries that are not ready. */
export async function measureStream(redis: Redis, key: string): Promise<MemoryUsage> {
  const bytes = await redis.memory('USAGE', key, 'SAMPLES', SAMPLES)
  return {bytes: bytes ?? 0, isEstimate: (bytes ?? 0) > 0 && (await redis.xlen(key)) > SAMPLES}
}
