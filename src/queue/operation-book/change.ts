import type {Redis} from 'ioredis'
import type {QueueKeys} from '../../redis/keys.ts'
import {defineScript, runScript} from '../../redis/script.ts'
import {NOW} from '../lease-book/book.ts'
import {fenceText, type OperationHold} from './hold.ts'
import {ENDED, KEPT_MS, type OperationState} from './state.ts'

/** A step from one state to another. */
export interface StateChange {
  /** The states in which it is allowed. */
  from: readonly OperationState[]
  to: OperationState
  /** Fields to write as well; objects as JSON. */
  fields?: Record<string, string | object | null>
  /** Only by the runner that holds it. */
  hold?: OperationHold
}

/*
 * KEYS[1] operation HASH   KEYS[2] runners ZSET
 * ARGV[1] operation id   ARGV[2] states in which it is allowed, as ",a,b,"   ARGV[3] new state   ARGV[4] fence, or ""
 * ARGV[5] ms after which it is removed, or ""   ARGV[6] "1" if it is to be carried on   ARGV[7..] field, value, ...
 * Returns the state in which it is now, or "" if there is no such operation. The fence rises, so that a runner which does
 * not know of the change yet changes nothing more. Where nothing is to be changed, as in a repeated call, it returns.
 */
const CHANGE = defineScript(
  'change-operation',
  `#!lua flags=allow-oom
${NOW}
local state, fence = unpack(redis.call('HMGET', KEYS[1], 'state', 'fence'))
if not state then return '' end
if ARGV[4] ~= '' and fence ~= ARGV[4] then return state end
if not string.find(ARGV[2], ',' .. state .. ',', 1, true) then return state end
local at = now()
redis.call('HSET', KEYS[1], 'state', ARGV[3], 'updatedAt', at, 'runner', '', 'take', '')
redis.call('HINCRBY', KEYS[1], 'fence', 1)
if #ARGV > 6 then redis.call('HSET', KEYS[1], unpack(ARGV, 7)) end
if ARGV[6] == '1' then
  redis.call('HSETNX', KEYS[1], 'startedAt', at)
  redis.call('HDEL', KEYS[1], 'endedAt', 'error')
  redis.call('ZADD', KEYS[2], 0, ARGV[1])
else
  redis.call('ZREM', KEYS[2], ARGV[1])
end
if ARGV[5] == '' then
  redis.call('PERSIST', KEYS[1])
else
  redis.call('HSET', KEYS[1], 'endedAt', at)
  redis.call('PEXPIRE', KEYS[1], ARGV[5])
end
return ARGV[3]`,
)

/** Changes the state of an operation if it may; returns the state in which it is then, undefined if it does not exist. */
export async function changeOperation(
  redis: Redis,
  keys: QueueKeys,
  id: string,
  {from, to, fields = {}, hold}: StateChange,
): Promise<OperationState | undefined> {
  const goesOn = to === 'running' || to === 'undoing'
  const pairs = Object.entries(fields).flatMap(([name, value]) => [name, textOf(value)])
  const args = [id, `,${from.join(',')},`, to, fenceText(hold), ENDED.includes(to) ? KEPT_MS : '']
  const names = [keys.operation(id), keys.runners]
  const state = await runScript(redis, CHANGE, names, [...args, goesOn ? '1' : '0', ...pairs])
  return state === '' ? undefined : (state as OperationState)
}

function textOf(value: string | object | null): string {
  if (value === null) return ''
  return typeof value === 'string' ? value : JSON.stringify(value)
}
