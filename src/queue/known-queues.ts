import type {Redis} from 'ioredis'
import {unlessDenied} from '../redis/denied.ts'
import type {QueueKeys} from '../redis/keys.ts'

/** Most calls of SCAN, of 1,000 keys each: a Redis may hold millions of keys that belong to no queue. */
const MOST_CALLS = 100

/** Every queue in use has at least one of these keys; patterns for the others would also match keys of applications. */
const OF_A_QUEUE = /^(?:queue|dlq|leases|stats|trash|sink):\{?([A-Za-z0-9][A-Za-z0-9_.-]*)\}?$/

/** Whether Redis holds any key of a queue. A queue that is empty and was never worked on has none. */
export async function queueExists(redis: Redis, keys: QueueKeys): Promise<boolean> {
  const names = Object.values(keys).filter((key): key is string => typeof key === 'string')
  return (await redis.exists(...names)) > 0
}

/** Names of the queues found among the first 100,000 keys or so, sorted; empty if SCAN is not permitted. */
export async function findQueues(redis: Redis): Promise<string[]> {
  const names = new Set<string>()
  let cursor = '0'
  for (let calls = 0; calls < MOST_CALLS; calls++) {
    const reply = await unlessDenied(redis.scan(cursor, 'COUNT', 1000))
    if (!reply) break
    for (const key of reply[1]) {
      const name = OF_A_QUEUE.exec(key)?.[1]
      if (name) names.add(name)
    }
    cursor = reply[0]
    if (cursor === '0') break
  }
  return [...names].sort()
}
