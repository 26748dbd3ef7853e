import type {Redis} from 'ioredis'
import {QtoolError} from '../errors.ts'

/**
 * A Redis that evicts keys loses them without a word once it is full: whole queues with `allkeys-*`, and with
 * `volatile-*` the keys that expire, such as pauses, the turns of workers and the numbers of `enqueue`.
 * @throws QtoolError `EVICTION` where the policy is not `noeviction` and there is a limit to reach
 */
export async function assertKeepsKeys(redis: Redis): Promise<void> {
  const info = await redis.info('memory')
  const policy = /^maxmemory_policy:(.*)$/m.exec(info)?.[1].trim() ?? ''
  const limit = Number(/^maxmemory:(\d+)/m.exec(info)?.[1] ?? 0)
  if (policy === 'noeviction' || limit === 0) return
  throw new QtoolError(`Redis evicts keys once it is full: its maxmemory-policy is ${policy}`, {
    code: 'EVICTION',
    suggestions: [
      'set maxmemory-policy to noeviction: a full Redis then refuses new items instead of losing old ones',
    ],
  })
}
