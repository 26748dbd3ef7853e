import {defineScript, runScript} from '../../redis/script.ts'
import {KEPT_MS} from '../operation-book/state.ts'
import type {Member} from './shard-set.ts'

/*
 * KEYS[1] operation HASH, of a shard   ARGV[1] fence   ARGV[2] state   ARGV[3] ms after which it is removed
 * Returns 1, or 0 if it was told of a later fence already.
 */
const ADOPT = defineScript(
  'adopt-operation',
  `#!lua flags=allow-oom
if tonumber(redis.call('HGET', KEYS[1], 'fence') or -1) > tonumber(ARGV[1]) then return 0 end
redis.call('HSET', KEYS[1], 'fence', ARGV[1], 'state', ARGV[2])
redis.call('PEXPIRE', KEYS[1], ARGV[3])
return 1`,
)

/** Tells a shard who may change something for an operation. */
export async function adoptOperation(
  {redis, keys}: Member,
  id: string,
  {fence, state}: {fence: string; state: string},
): Promise<void> {
  await runScript(redis, ADOPT, [keys.operation(id)], [fence, state, KEPT_MS])
}

/** What was changed in a shard for an operation. */
export async function readProgress(
  {redis, keys}: Member,
  id: string,
): Promise<{done: number; restored: number; hasTrash: boolean}> {
  const [[done, restored], hasTrash] = await Promise.all([
    redis.hmget(keys.operation(id), 'done', 'restored'),
    redis.hexists(keys.trash, id),
  ])
  return {done: Number(done ?? 0), restored: Number(restored ?? 0), hasTrash: hasTrash === 1}
}
