import {randomUUID} from 'node:crypto'
import type {Redis} from 'ioredis'
import type {QueueKeys} from '../redis/keys.ts'
import {defineScript, runScript} from '../redis/script.ts'

/*
 * KEYS[1] binding HASH   ARGV[1] a new name
 * Returns the name that is stored: the first one given. allow-oom: a full Redis must still be drained.
 */
const CLAIM = defineScript(
  'claim',
  `#!lua flags=allow-oom
redis.call('HSETNX', KEYS[1], 'origin', ARGV[1])
return redis.call('HGET', KEYS[1], 'origin')`,
)

/**
 * A name for the Redis that holds a queue, made once and stored with the binding of the queue: queues of the same
 * name on several Redis servers may share the ledger of one database.
 */
export async function originOf(redis: Redis, keys: QueueKeys): Promise<string> {
  const own = randomUUID()
  return String(await runScript(redis, CLAIM, [keys.sink], [own]))
}
