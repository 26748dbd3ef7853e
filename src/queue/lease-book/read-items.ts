import {Items} from '../../record/items.ts'
import {runScriptBuffer} from '../../redis/script.ts'
import {composeScript, type LuaEngine} from '../lua-engine.ts'
import type {LeaseBook} from './book.ts'

/** A lease of several items with more bytes than this is not read: it would block Redis, and fill the worker's memory. */
const MOST_BYTES = 16 * 1024 * 1024

/**
 * Lua: `weigh(lease, count)`, the bytes of `count` items if those are too many to read, else nil. Estimated from 16 items
 * spread over the ranks: MEMORY USAGE would look at the first ones only.
 */
export const weighing = ({items}: LuaEngine) => `
${items}
local function weigh(lease, count)
  local step = math.max(1, math.floor(count / 16))
  local sampled, bytes = 0, 0
  for rank = 0, count - 1, step do
    sampled, bytes = sampled + 1, bytes + #(texts(lease, rank, rank)[1] or '')
  end
  local estimate = math.floor(bytes / math.max(1, sampled) * count)
  if count > 1 and estimate > ${MOST_BYTES} then return estimate end
end`

/*
 * KEYS[1] ready items   KEYS[2] items of a lease
 * Returns the items, or {number of items, bytes} of a lease that is too large to read.
 */
const READ = composeScript(
  'read',
  (engine) => `#!lua flags=no-writes,allow-stale
${engine.size}
${weighing(engine)}
local count = size(KEYS[2])
local bytes = weigh(KEYS[2], count)
if bytes then return {count, bytes} end
return texts(KEYS[2], 0, -1)`,
)

/** What a lease holds, or only how much if that is too much to read. */
export type LeaseItems = {items: Items} | {itemCount: number; bytes: number}

/** @param key of the items of a lease; nothing there reads as no items */
export async function readLeaseItems({redis, keys, engine}: LeaseBook, key: string): Promise<LeaseItems> {
  const reply = (await runScriptBuffer(redis, READ(engine), [keys.ready, key])) as [number, number] | Buffer[]
  if (isTooLarge(reply)) return {itemCount: reply[0], bytes: reply[1]}
  return {items: Items.from(reply)}
}

function isTooLarge(reply: [number, number] | Buffer[]): reply is [number, number] {
  return typeof reply[0] === 'number'
}
