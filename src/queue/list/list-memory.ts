import type {Redis} from 'ioredis'
import {defineScript, runScript} from '../../redis/script.ts'
import type {MemoryUsage} from '../memory-usage.ts'

/** Items of a list up to which all its nodes are measured: 1 to 2 ms of Redis's time. */
const MOST_MEASURED = 1_000_000

/** Nodes of a longer list that are measured. */
const SAMPLE_NODES = 20_000

/*
 * KEYS[1] LIST   ARGV[1] most items of a list that is measured whole   ARGV[2] nodes that are measured otherwise
 * Returns {bytes, 0}, or {estimate, 1}. A node of a list holds up to 8 kB, so that nodes differ little.
 */
const MEASURE = defineScript(
  'measure list',
  `#!lua flags=no-writes,allow-stale
local is_whole = redis.call('LLEN', KEYS[1]) <= tonumber(ARGV[1])
local bytes = redis.call('MEMORY', 'USAGE', KEYS[1], 'SAMPLES', is_whole and 0 or ARGV[2])
return {bytes or 0, is_whole and 0 or 1}`,
)

/** How much memory a list takes. */
export async function measureList(redis: Redis, key: string): Promise<MemoryUsage> {
  const limits = [MOST_MEASURED, SAMPLE_NODES]
  const [bytes, isEstimate] = (await runScript(redis, MEASURE, [key], limits)) as [number, 0 | 1]
  return {bytes, isEstimate: isEstimate === 1}
}
