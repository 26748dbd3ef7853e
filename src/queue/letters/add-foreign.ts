import type {Redis} from 'ioredis'
import {queueKeys} from '../../redis/keys.ts'
import {layoutOf} from '../../redis/route.ts'

/** Puts texts among the dead letters of a queue as another program would, which knows nothing of qtool's counters. */
export async function addForeignLetters(
  redis: Redis,
  queue: string,
  texts: readonly string[],
): Promise<void> {
  const {dead} = queueKeys(queue, layoutOf(redis))
  const [seconds] = await redis.time()
  await redis.zadd(dead, ...texts.flatMap((text) => [Number(seconds) * 1000, text]))
}
