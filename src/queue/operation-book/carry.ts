import {randomUUID} from 'node:crypto'
import type {Redis} from 'ioredis'
import {type QueueKeys, queueKeys} from '../../redis/keys.ts'
import {layoutOf, readNear} from '../../redis/route.ts'
import {defineScript, runScript} from '../../redis/script.ts'
import {NOW} from '../lease-book/book.ts'
import type {OperationHold} from './hold.ts'

/*
 * KEYS[1] operation HASH   KEYS[2] runners ZSET
 * ARGV[1] operation id   ARGV[2] runner   ARGV[3] ms for which it holds it   ARGV[4] id of this call
 * Returns the fence, or 0 if it is not to be carried on, or another runner holds it. A repeated call gets the same fence.
 */
const TAKE = defineScript(
  'take-operation',
  `#!lua flags=allow-oom
${NOW}
local state, fence, take = unpack(redis.call('HMGET', KEYS[1], 'state', 'fence', 'take'))
if state ~= 'running' and state ~= 'undoing' then
  redis.call('ZREM', KEYS[2], ARGV[1])
  return 0
end
if take == ARGV[4] then return tonumber(fence) end
local held = tonumber(redis.call('ZSCORE', KEYS[2], ARGV[1]) or 0)
if held > tonumber(now()) then return 0 end
redis.call('HSET', KEYS[1], 'runner', ARGV[2], 'take', ARGV[4], 'updatedAt', now())
redis.call('ZADD', KEYS[2], now(ARGV[3]), ARGV[1])
return redis.call('HINCRBY', KEYS[1], 'fence', 1)`,
)

/** Takes an operation that nobody carries on; undefined if there is nothing to take. */
export async function takeOperation(
  redis: Redis,
  keys: QueueKeys,
  id: string,
  {runner, lengthMs}: {runner: string; lengthMs: number},
): Promise<OperationHold | undefined> {
  const names = [keys.operation(id), keys.runners]
  const fence = Number(await runScript(redis, TAKE, names, [id, runner, lengthMs, randomUUID()]))
  return fence > 0 ? {id, fence} : undefined
}

/*
 * KEYS[1] operation HASH   KEYS[2] runners ZSET
 * ARGV[1] operation id   ARGV[2] fence   ARGV[3] ms from now   ARGV[4] "1" if it is given back   ARGV[5..] field, value, ...
 * Returns 1, or 0 if it is not held under this fence any more.
 */
const HOLD = defineScript(
  'hold-operation',
  `#!lua flags=allow-oom
${NOW}
if redis.call('HGET', KEYS[1], 'fence') ~= ARGV[2] then return 0 end
redis.call('HSET', KEYS[1], 'updatedAt', now(), unpack(ARGV, 5))
redis.call('ZADD', KEYS[2], 'XX', now(ARGV[3]), ARGV[1])
if ARGV[4] == '1' then redis.call('HSET', KEYS[1], 'runner', '') end
return 1`,
)

/** What a runner says of an operation that it holds. */
export interface HoldUpdate {
  /** For how long it holds it from now, or after how long another may take it. */
  ms: number
  givesBack?: boolean
  /** Fields to write as well, as JSON. */
  fields?: Record<string, object>
}

export async function updateHold(
  redis: Redis,
  keys: QueueKeys,
  {id, fence}: OperationHold,
  {ms, givesBack = false, fields = {}}: HoldUpdate,
): Promise<'held' | 'lost'> {
  const pairs = Object.entries(fields).flatMap(([name, value]) => [name, JSON.stringify(value)])
  const args = [id, fence, ms, givesBack ? '1' : '0', ...pairs]
  const reply = await runScript(redis, HOLD, [keys.operation(id), keys.runners], args)
  return reply === 1 ? 'held' : 'lost'
}

/*
 * KEYS[1] runners ZSET   ARGV[1] most ids
 * Returns the ids of operations that nobody carries on, the longest forgotten first.
 */
const DUE = defineScript(
  'due-operations',
  `#!lua flags=no-writes
${NOW}
return redis.call('ZRANGE', KEYS[1], '-inf', now(), 'BYSCORE', 'LIMIT', 0, ARGV[1])`,
)

/** Ids of operations of some queues that nobody carries on, at most `most` of each queue. */
export async function dueOperations(
  redis: Redis,
  queues: readonly string[],
  most: number,
): Promise<Array<{queue: string; id: string}>> {
  const found = queues.map(async (queue) => {
    const {runners} = queueKeys(queue, layoutOf(redis))
    const ids = await readNear(redis, runners, (near) => runScript(near, DUE, [runners], [most]))
    return (ids as string[]).map((id) => ({queue, id}))
  })
  return (await Promise.all(found)).flat()
}
