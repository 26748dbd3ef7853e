import type {Redis} from 'ioredis'
import {defineScript, runScript} from '../redis/script.ts'

/** Bytes of memory that a key takes. */
export interface MemoryUsage {
  bytes: number
  /** Whether `bytes` comes from a sample, which may miss members that are much larger than the others. */
  isEstimate: boolean
}

/** Sets up to this size are measured member by member: 2 ms of Redis's time. */
const MOST_MEASURED = 20_000

/** Members in each of the two samples of a larger set, and bytes after which a sample ends. */
const SAMPLE = 200
const SAMPLE_BYTES = 4 * 1024 * 1024

/*
 * KEYS[1] ZSET   ARGV[1] most members to measure one by one   ARGV[2] members of a sample
 * ARGV[3] bytes after which a sample ends
 * Returns {bytes, 0}, or {estimate, 1} for a larger set.
 *
 * MEMORY USAGE samples only the first members, and those with the lowest scores are seldom typical. So it is given
 * the size of that sample, and the difference between its mean length and that of members spread over all ranks is
 * added for each member. The ranks advance by the golden ratio, so that they cover the whole set wherever the sample
 * ends.
 */
const MEASURE = defineScript(
  'measure',
  `#!lua flags=no-writes,allow-stale
local count = redis.call('ZCARD', KEYS[1])
if count <= tonumber(ARGV[1]) then return {redis.call('MEMORY', 'USAGE', KEYS[1], 'SAMPLES', 0) or 0, 0} end
local function sample(rank_of)
  local n, bytes = 0, 0
  while n < tonumber(ARGV[2]) and bytes < tonumber(ARGV[3]) do
    local rank = rank_of(n)
    bytes = bytes + #redis.call('ZRANGE', KEYS[1], rank, rank)[1]
    n = n + 1
  end
  return bytes / n, n
end
local first, looked = sample(function(n) return n end)
local spread = sample(function(n) return math.floor((n * 0.6180339887498949 % 1) * count) end)
local usage = redis.call('MEMORY', 'USAGE', KEYS[1], 'SAMPLES', looked)
return {math.floor(usage + (spread - first) * count), 1}`,
)

/** How much memory a sorted set takes: exact up to MOST_MEASURED members, an estimate beyond that. */
export async function measureMemory(redis: Redis, key: string): Promise<MemoryUsage> {
  const args = [MOST_MEASURED, SAMPLE, SAMPLE_BYTES]
  const [bytes, isEstimate] = (await runScript(redis, MEASURE, [key], args)) as [number, 0 | 1]
  return {bytes, isEstimate: isEstimate === 1}
}
