import type {Redis} from 'ioredis'
import {RUNNERS_KEY} from '../../redis/keys.ts'
import {clientFor} from '../../redis/route.ts'
import {defineScript, runScript} from '../../redis/script.ts'
import {NOW} from '../lease-book/book.ts'

/* KEYS[1] living runners ZSET   ARGV[1] runner   ARGV[2] ms for which it counts as alive; 0 when it ends */
const ANNOUNCE = defineScript(
  'announce-runner',
  `#!lua flags=allow-oom
${NOW}
redis.call('ZADD', KEYS[1], now(ARGV[2]), ARGV[1])
return redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now())`,
)

/** Says that a process carries operations on, for any queue of this Redis. @param forMs 0 when it ends */
export async function announceRunner(redis: Redis, runner: string, forMs: number): Promise<void> {
  await runScript(await clientFor(redis, RUNNERS_KEY), ANNOUNCE, [RUNNERS_KEY], [runner, forMs])
}

/* KEYS[1] living runners ZSET */
const LIVING = defineScript(
  'living-runners',
  `#!lua flags=no-writes
${NOW}
return redis.call('ZRANGE', KEYS[1], '(' .. now(), '+inf', 'BYSCORE')`,
)

/** The processes that carry operations on. */
export async function livingRunners(redis: Redis): Promise<string[]> {
  return (await runScript(await clientFor(redis, RUNNERS_KEY), LIVING, [RUNNERS_KEY], [])) as string[]
}
