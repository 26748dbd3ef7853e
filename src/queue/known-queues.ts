import type {Redis} from 'ioredis'
import {unlessDenied} from '../redis/denied.ts'
import {type QueueKeys, singleKeys} from '../redis/keys.ts'
import {findQueues} from './survey/find-queues.ts'

/** How long a message about one queue may look for others, ms: a Redis may hold millions of keys. */
const LOOK_MS = 1000

/** Queues for a message. */
export interface KnownQueues {
  /** Sorted. */
  names: string[]
  /** Whether all keys of all servers were looked at in time. */
  isComplete: boolean
}

/** Whether Redis holds any key of a queue. A queue that is empty and was never worked on has none. */
export async function queueExists(redis: Redis, keys: QueueKeys): Promise<boolean> {
  return (await redis.exists(...singleKeys(keys))) > 0
}

/**
 * The queues that are found within a second.
 * @returns null if this user may not run SCAN
 */
export function knownQueues(redis: Redis, {lookMs = LOOK_MS} = {}): Promise<KnownQueues | null> {
  return unlessDenied(lookFor(redis, lookMs))
}

async function lookFor(redis: Redis, lookMs: number): Promise<KnownQueues> {
  const deadline = performance.now() + lookMs
  const names: string[] = []
  let isComplete = false
  for await (const {queues, isLast, unreachable} of findQueues(redis)) {
    names.push(...queues)
    isComplete = isLast && unreachable.length === 0
    if (performance.now() >= deadline) break
  }
  return {names: names.sort(), isComplete}
}
