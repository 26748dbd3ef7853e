import type {Redis} from 'ioredis'
import {QtoolError} from '../errors.ts'
import {unlessDenied} from './denied.ts'

/**
 * A full Redis that evicts keys loses them silently: whole queues with `allkeys-*`, and with `volatile-*` the keys
 * that expire, such as pauses, the turns of workers and the numbers of `enqueue`.
 * @returns false if this user may not read the policy
 * @throws QtoolError `EVICTION` if the policy is not `noeviction` and there is a memory limit
 */
export async function assertKeepsKeys(redis: Redis): Promise<boolean> {
  const info = await unlessDenied(redis.info('memory'))
  if (info === null) return false
  const policy = /^maxmemory_policy:(.*)$/m.exec(info)?.[1].trim() ?? ''
  const limit = Number(/^maxmemory:(\d+)/m.exec(info)?.[1] ?? 0)
  if (policy === 'noeviction' || limit === 0) return true
  throw new QtoolError(`Redis evicts keys once it is full: its maxmemory-policy is ${policy}`, {
    code: 'EVICTION',
    suggestions: [
      'set maxmemory-policy to noeviction: a full Redis then refuses new items instead of losing old ones',
    ],
  })
}

/** Warning of commands that depend on the policy, printed once. */
export const POLICY_UNKNOWN =
  'this Redis user may not run INFO, so the eviction policy was not checked; maxmemory-policy must be noeviction'
