import type {Redis} from 'ioredis'
import type {Place} from './place.ts'
import {pointMaker} from './points.ts'

const CHUNK = 1000

/** Puts `count` valid points into the queue of a place as fast as possible; stops early at the signal. */
export async function fillQueue(
  redis: Redis,
  {keys, flights}: Place,
  count: number,
  signal?: AbortSignal,
): Promise<void> {
  const make = pointMaker(flights)
  for (let from = 0; from < count && !signal?.aborted; from += CHUNK) {
    const size = Math.min(CHUNK, count - from)
    const members = Array.from({length: size}, (_, i) => [from + i, make(from + i)]).flat()
    await redis.zadd(keys.ready, ...members)
  }
}
