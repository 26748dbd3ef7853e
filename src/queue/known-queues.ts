import type {Redis} from 'ioredis'
import type {QueueKeys} from '../redis/keys.ts'

/** Calls of SCAN, of 1,000 keys each: a Redis may hold millions of keys that are no queue's. */
const MOST_CALLS = 100

/** Keys that every queue in use has one of; the others would also match keys of an application. */
const OF_A_QUEUE = /^(?:queue|dlq|leases|stats|trash|sink):\{?([A-Za-z0-9][A-Za-z0-9_.-]*)\}?$/

/** Whether Redis holds anything of a queue. One that is empty and was never worked on is not known to Redis. */
export async function queueExists(redis: Redis, keys: QueueKeys): Promise<boolean> {
  const names = Object.values(keys).filter((key): key is string => typeof key === 'string')
  return (await redis.exists(...names)) > 0
}

/** Names of the queues found among the first 100,000 keys or so, sorted; empty where SCAN is not permitted. */
export async function findQueues(redis: Redis): Promise<string[]> {
  const names = new Set<string>()
  let cursor = '0'
  for (let calls = 0; calls < MOST_CALLS; calls++) {
    const reply = await redis.scan(cursor, 'COUNT', 1000).catch((error: Error) => {
      if (error.message.startsWith('NOPERM')) return undefined
      throw error
    })
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
