import type {QueueEngine} from '../queue/engine.ts'
import type {Producer} from '../queue/producer.ts'
import {POLICY_UNKNOWN} from '../redis/eviction.ts'
import {isRedisAway} from '../redis/failure.ts'
import type {Source} from '../source/source.ts'
import type {FeedOptions, LoadOptions, LoadResult} from './load-options.ts'
import {Loader} from './loader.ts'

/**
 * Puts everything that a source yields into a queue, however long Redis is unreachable meanwhile. After a failure
 * `result` shows what was accepted. If it is told to stop while Redis is unreachable, it returns, and the rest counts
 * as `unsent`.
 */
export async function load(
  queue: QueueEngine,
  source: Source,
  options: LoadOptions,
  result: LoadResult,
): Promise<void> {
  if (!(await queue.assertKept())) options.onUnchecked?.(POLICY_UNKNOWN)
  const producer = await queue.openProducer(options)
  try {
    await queue.keep()
    await loadWith(producer, source, options, result)
  } finally {
    await producer.close()
  }
}

/** The same with a producer that stays open, and serves one source at a time. */
export async function loadWith(
  producer: Producer,
  source: Source,
  options: FeedOptions,
  result: LoadResult,
): Promise<void> {
  // Where identical items are several anyway, nothing has to tell them apart
  const keepDuplicates = options.keepDuplicates && producer.collapses
  const loader = new Loader(producer, {...options, keepDuplicates}, result)
  try {
    await loader.takeAll(source)
  } catch (error) {
    if (!options.signal.aborted || !isRedisAway(error)) throw error
  } finally {
    loader.count()
  }
}
