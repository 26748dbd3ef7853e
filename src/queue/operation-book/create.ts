import type {Redis} from 'ioredis'
import {OPERATIONS_KEY, type QueueKeys} from '../../redis/keys.ts'
import {clientFor} from '../../redis/route.ts'
import {defineScript, runScript} from '../../redis/script.ts'
import {NOW} from '../lease-book/book.ts'
import {KEPT_MS} from './state.ts'

/** An operation to keep. */
export interface NewOperation {
  id: string
  /** Name of its command. */
  action: string
  /** Kept as JSON. */
  plan: object
}

/* KEYS[1] queues of operations HASH   ARGV[1] operation id   ARGV[2] queue */
const REGISTER = defineScript(
  'register-operation',
  `#!lua flags=allow-oom
return redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])`,
)

/*
 * KEYS[1] operation HASH   KEYS[2] operations ZSET
 * ARGV[1] operation id   ARGV[2] action   ARGV[3] plan   ARGV[4] ms after which it is removed
 * Returns 1 if it is new, else 0. Allowed on a full Redis: a purge makes room.
 */
const CREATE = defineScript(
  'create-operation',
  `#!lua flags=allow-oom
${NOW}
if redis.call('EXISTS', KEYS[1]) == 1 then return 0 end
local at = now()
redis.call('HSET', KEYS[1], 'state', 'planned', 'action', ARGV[2], 'plan', ARGV[3], 'fence', 0, 'createdAt', at, 'updatedAt', at)
redis.call('PEXPIRE', KEYS[1], ARGV[4])
redis.call('ZADD', KEYS[2], at, ARGV[1])
return 1`,
)

/** Keeps an operation, which changes nothing yet, and forgets old ones that have expired. */
export async function createOperation(
  redis: Redis,
  queue: string,
  keys: QueueKeys,
  {id, action, plan}: NewOperation,
): Promise<void> {
  await forgetExpired(redis, keys)
  // First, so that no operation exists that nobody can find
  await runScript(await clientFor(redis, OPERATIONS_KEY), REGISTER, [OPERATIONS_KEY], [id, queue])
  await runScript(
    redis,
    CREATE,
    [keys.operation(id), keys.operations],
    [id, action, JSON.stringify(plan), KEPT_MS],
  )
}

/** Most operations that are looked at when another is made. */
const LOOK = 20

async function forgetExpired(redis: Redis, keys: QueueKeys): Promise<void> {
  const oldest = await redis.zrange(keys.operations, '0', String(LOOK - 1))
  const there = await Promise.all(oldest.map((id) => redis.exists(keys.operation(id))))
  const gone = oldest.filter((_, i) => there[i] === 0)
  if (gone.length === 0) return
  await redis.zrem(keys.operations, ...gone)
  await redis.zrem(keys.runners, ...gone)
  await (await clientFor(redis, OPERATIONS_KEY)).hdel(OPERATIONS_KEY, ...gone)
}
