import type {Redis} from 'ioredis'
import type {QueueKeys} from '../../redis/keys.ts'
import {runScript} from '../../redis/script.ts'
import {composeScript, type LuaEngine} from '../lua-engine.ts'

/** Some of the ready items. */
export interface ItemSample {
  items: number
  /** Bytes of the largest of them. */
  largest: number
}

/** Most items of a sample, and the bytes after which it ends: 2 ms of Redis's time. */
const MOST = 200
const MOST_BYTES = 16 * 1024 * 1024

/*
 * KEYS[1] ready items   ARGV[1] most items   ARGV[2] bytes after which it ends
 * Returns {items read, bytes of the largest}. The ranks advance by the golden ratio, so that they cover the whole queue
 * wherever the sample ends.
 */
const SAMPLE = composeScript(
  'sample',
  (engine) => `#!lua flags=no-writes,allow-stale
${engine.size}
${engine.items}
local count = size(KEYS[1])
local items, bytes, largest = 0, 0, 0
while items < math.min(count, tonumber(ARGV[1])) and bytes < tonumber(ARGV[2]) do
  local rank = count <= tonumber(ARGV[1]) and items or math.floor((items * 0.6180339887498949 % 1) * count)
  local length = #texts(KEYS[1], rank, rank)[1]
  items, bytes, largest = items + 1, bytes + length, math.max(largest, length)
end
return {items, largest}`,
)

/** Looks at ready items from everywhere in a queue whose items have ranks, without sending them. */
export async function sampleByRank(redis: Redis, keys: QueueKeys, engine: LuaEngine): Promise<ItemSample> {
  const limits = [MOST, MOST_BYTES]
  const [items, largest] = (await runScript(redis, SAMPLE(engine), [keys.ready], limits)) as number[]
  return {items, largest}
}
