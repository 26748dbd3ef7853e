import type {Redis} from 'ioredis'
import {Enqueuer} from '../queue/zset/enqueuer.ts'
import {ScoreClock} from '../queue/zset/score.ts'
import {assertKeepsKeys, POLICY_UNKNOWN} from '../redis/eviction.ts'
import {isRedisAway} from '../redis/failure.ts'
import {Outage} from '../redis/outage.ts'
import type {Source} from '../source/source.ts'
import type {LoadOptions, LoadResult} from './load-options.ts'
import {Loader} from './loader.ts'
import {RedisClock} from './redis-clock.ts'

/**
 * Puts everything that a source yields into a queue, however long Redis is unreachable meanwhile. After a failure
 * `result` shows what was accepted. If it is told to stop while Redis is unreachable, it returns, and the rest counts
 * as `unsent`.
 */
export async function load(
  redis: Redis,
  source: Source,
  options: LoadOptions,
  result: LoadResult,
): Promise<void> {
  if (!(await assertKeepsKeys(redis))) options.onUnchecked?.(POLICY_UNKNOWN)
  const clock = new RedisClock()
  await clock.read(redis)
  const {keys, mode, batch, signal, onOutage} = options
  const enqueuer = await Enqueuer.open(redis, {
    keys,
    mode,
    batch,
    clock: new ScoreClock(options.priority, clock.now),
    outage: onOutage && new Outage({signal, note: onOutage}),
  })
  const loader = new Loader(enqueuer, clock, options, result)
  try {
    await loader.takeAll(source)
  } catch (error) {
    if (!signal.aborted || !isRedisAway(error)) throw error
  } finally {
    loader.count()
    await enqueuer.close()
  }
}
