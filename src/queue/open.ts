import type {Redis} from 'ioredis'
import {queueKeys} from '../redis/keys.ts'
import {clientFor, layoutOf} from '../redis/route.ts'
import {composeQueue} from './compose-queue.ts'
import type {QueueEngine} from './engine.ts'
import {ZSET} from './zset/zset.ts'

/**
 * Opens a queue over the client that reaches its keys, which is closed together with `redis`: the only place outside
 * `redis` that knows its keys. @throws QtoolError (usage) for an impossible name
 */
export async function openQueue(redis: Redis, {name}: {name: string}): Promise<QueueEngine> {
  const keys = queueKeys(name, layoutOf(redis))
  return composeQueue({redis: await clientFor(redis, keys.ready), name, keys, engine: ZSET})
}

/**
 * The client that reaches a queue, for those who ask its server how it is: on Cluster each queue has a node of its own.
 * It is closed together with `redis`. @throws QtoolError (usage) for an impossible name
 */
export function queueClient(redis: Redis, {name}: {name: string}): Promise<Redis> {
  return clientFor(redis, queueKeys(name, layoutOf(redis)).ready)
}
