import {randomUUID} from 'node:crypto'
import type {Redis} from 'ioredis'
import type {QueueKeys} from '../redis/keys.ts'

/**
 * A name of the Redis that holds a queue, made once and kept beside its binding: the ledger of a database may be shared
 * by queues of the same name in several of them.
 */
export async function originOf(redis: Redis, keys: QueueKeys): Promise<string> {
  const own = randomUUID()
  if ((await redis.hsetnx(keys.sink, 'origin', own)) === 1) return own
  return (await redis.hget(keys.sink, 'origin')) ?? own
}
