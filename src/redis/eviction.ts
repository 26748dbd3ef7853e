import type {Redis} from 'ioredis'
import {QtoolError} from '../errors.ts'

/**
 * A Redis that evicts any key throws whole queues away without a word once it is full.
 * @throws QtoolError `EVICTION` where the policy allows that and there is a limit to reach
 */
export async function assertKeepsKeys(redis: Redis): Promise<void> {
  const info = await redis.info('memory')
  const policy = /^maxmemory_policy:(.*)$/m.exec(info)?.[1].trim() ?? ''
  const limit = Number(/^maxmemory:(\d+)/m.exec(info)?.[1] ?? 0)
  if (!policy.startsWith('allkeys') || limit === 0) return
  throw new QtoolError(`expected a Redis that keeps its keys, but its maxmemory-policy is ${policy}`, {
    code: 'EVICTION',
    suggestions: [
      'set maxmemory-policy to noeviction: a full Redis then refuses new items instead of losing old ones',
    ],
  })
}
