import {Items} from '../../record/items.ts'
import {runScriptBuffer} from '../../redis/script.ts'
import {composeScript} from '../lua-engine.ts'
import type {LeaseBook} from './book.ts'

/** A lease of several items with more bytes than this is not read: it would block Redis, and fill the worker's memory. */
const MOST_BYTES = 16 * 1024 * 1024

/** Average item size in bytes from which joining strings in Lua costs more than one reply per item. */
const JOINED_BYTES = 4096

/**
 * Lua: `pack(all, reply)` appends these items to a reply: all of them end to end and their lengths with commas between
 * them, or two empty strings and each by itself if they are large.
 *
 * Two strings instead of thousands: that halves what a worker spends on reading replies, for 0.2 us per item in
 * Redis. The payloads are only joined; nothing in Lua looks into them.
 */
export const PACK = `
local function pack(all, reply)
  local lengths, bytes, n = {}, 0, #reply
  for i = 1, #all do
    lengths[i] = #all[i]
    bytes = bytes + #all[i]
  end
  if bytes > ${JOINED_BYTES} * #all then
    reply[n + 1], reply[n + 2] = '', ''
    for i = 1, #all do reply[n + 2 + i] = all[i] end
  else
    reply[n + 1], reply[n + 2] = table.concat(all), table.concat(lengths, ',')
  end
  return reply
end`

/*
 * KEYS[1] ready items   KEYS[2] items of a lease
 * Returns what `pack` does, or {number of items, bytes} of a lease of several items that is too large to read. The size
 * is estimated from 16 items spread over the ranks: MEMORY USAGE would look at the first ones only.
 */
const READ = composeScript(
  'read',
  (engine) => `#!lua flags=no-writes,allow-stale
${engine.size}
${engine.items}
${PACK}
local count = size(KEYS[2])
local step = math.max(1, math.floor(count / 16))
local sampled, bytes = 0, 0
for rank = 0, count - 1, step do
  sampled, bytes = sampled + 1, bytes + #(texts(KEYS[2], rank, rank)[1] or '')
end
local average = bytes / math.max(1, sampled)
if count > 1 and average * count > ${MOST_BYTES} then return {count, math.floor(average * count)} end
return pack(texts(KEYS[2], 0, -1), {})`,
)

/** What a lease holds, or only how much if that is too much to read. */
export type LeaseItems = {items: Items} | {itemCount: number; bytes: number}

/** @param key of the items of a lease; nothing there reads as no items */
export async function readLeaseItems({redis, keys, engine}: LeaseBook, key: string): Promise<LeaseItems> {
  const reply = (await runScriptBuffer(redis, READ(engine), [keys.ready, key])) as [number, number] | Buffer[]
  if (isTooLarge(reply)) return {itemCount: reply[0], bytes: reply[1]}
  return {items: unpackItems(reply)}
}

/** @param packed what `pack` appended */
export function unpackItems([joined, lengths, ...items]: Buffer[]): Items {
  return items.length > 0 ? Items.from(items) : Items.fromLengths(joined, lengths)
}

function isTooLarge(reply: [number, number] | Buffer[]): reply is [number, number] {
  return typeof reply[0] === 'number'
}
