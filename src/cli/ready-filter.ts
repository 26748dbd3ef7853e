import type {Redis} from 'ioredis'
import type {Settings} from '../config/settings.ts'
import type {ItemFilter} from '../queue/zset/item-filter.ts'

/** Reads a filter of the ready items of a queue, whose envelopes are read as its workers do. @throws QtoolError (usage) */
export async function readyFilter(redis: Redis, settings: Settings, where: string): Promise<ItemFilter> {
  const {readBinding, withBinding} = await import('../queue/binding.ts')
  const {redisNow} = await import('../queue/letters/letter-scan.ts')
  const {parseItemFilter} = await import('../queue/zset/item-filter.ts')
  const queue = settings.queue.value
  const [binding, nowMs] = await Promise.all([readBinding(redis, queue), redisNow(redis)])
  const records = withBinding(settings, binding).records.value.split('.')
  return parseItemFilter(where, {queue, nowMs, records})
}
