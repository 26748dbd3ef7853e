import type {Redis} from 'ioredis'
import {Items} from '../../record/items.ts'
import {defineScript, runScriptBuffer} from '../../redis/script.ts'

/** Most bytes to read at once: more would hold up Redis, and fill the worker's memory. */
const MOST_BYTES = 16 * 1024 * 1024

/** Average item size in bytes above which joining strings in Lua costs more than one reply per item. */
const JOINED_BYTES = 4096

/*
 * KEYS[1] items of a lease ZSET
 * ARGV[1] most bytes   ARGV[2] average size up to which items are joined
 * Returns {all items end to end, their lengths with commas between them}, or {"", "", item, item, ...}, or {number of
 * items, bytes} if the lease holds several items and is too large to be read.
 *
 * Two strings instead of thousands halve the time that a worker spends on reading replies, for 0.2 us per item in
 * Redis. Lua only joins the payloads and never looks into them. The size is estimated from 16 items spread over the
 * ranks: MEMORY USAGE would sample only the first ones.
 */
const READ = defineScript(
  'read',
  `#!lua flags=no-writes,allow-stale
local count = redis.call('ZCARD', KEYS[1])
local step = math.max(1, math.floor(count / 16))
local sampled, bytes = 0, 0
for rank = 0, count - 1, step do
  local item = redis.call('ZRANGE', KEYS[1], rank, rank)[1]
  sampled, bytes = sampled + 1, bytes + #item
end
local average = bytes / math.max(1, sampled)
if count > 1 and average * count > tonumber(ARGV[1]) then return {count, math.floor(average * count)} end
local items = redis.call('ZRANGE', KEYS[1], 0, -1)
if average > tonumber(ARGV[2]) then
  local apart = {'', ''}
  for i = 1, #items do apart[i + 2] = items[i] end
  return apart
end
local lengths = {}
for i = 1, #items do lengths[i] = #items[i] end
return {table.concat(items), table.concat(lengths, ',')}`,
)

/** Reads the items of a lease, or only their number and size if they are too large to be read. */
export async function readLeaseItems(
  redis: Redis,
  key: string,
): Promise<Items | {itemCount: number; bytes: number}> {
  const reply = (await runScriptBuffer(redis, READ, [key], [MOST_BYTES, JOINED_BYTES])) as
    | [number, number]
    | Buffer[]
  if (isTooLarge(reply)) return {itemCount: reply[0], bytes: reply[1]}
  const [joined, lengths, ...items] = reply
  return items.length > 0 ? Items.from(items) : Items.fromLengths(joined, lengths)
}

function isTooLarge(reply: [number, number] | Buffer[]): reply is [number, number] {
  return typeof reply[0] === 'number'
}
