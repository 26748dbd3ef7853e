import type {Redis} from 'ioredis'
import type {OpenedBook} from '../../src/queue/engine-calls.ts'
import {ZSET} from '../../src/queue/zset/zset.ts'
import type {QueueKeys} from '../../src/redis/keys.ts'

/** A queue that is a sorted set, for a test of what its scripts do. */
export function setBook(redis: Redis, keys: QueueKeys): OpenedBook {
  return {redis, keys, engine: ZSET.lua, calls: ZSET.calls}
}
