import {randomUUID} from 'node:crypto'
import type {Redis} from 'ioredis'
import type {QueueKeys} from '../redis/keys.ts'
import {defineScript, runScript} from '../redis/script.ts'

/*
 * KEYS[1] binding HASH   ARGV[1] a name of its own
 * Returns the name there is. allow-oom: a full Redis must still be drained.
 */
const CLAIM = defineScript(
  'claim',
  `#!lua flags=allow-oom
redis.call('HSETNX', KEYS[1], 'origin', ARGV[1])
return redis.call('HGET', KEYS[1], 'origin')`,
)

/**
 * A name of the Redis that holds a queue, made once and kept beside its binding: the ledger of a database may be shared
 * by queues of the same name in several of them.
 */
export async function originOf(redis: Redis, keys: QueueKeys): Promise<string> {
  const own = randomUUID()
  return String(await runScript(redis, CLAIM, [keys.sink], [own]))
}
