import {defineScript, runScript} from '../../../redis/script.ts'
import type {Member} from '../shard-set.ts'

/** What a queue says of a rebalance that has begun and not ended. */
export interface MoveState {
  /** Shards before and after it. */
  from: number
  to: number
  /** Whether producers follow the new map already. */
  isSwitched: boolean
}

/** Text of the field `moving`: `FROM TO 0|1 SINCE`. */
export function parseMove(text: string | undefined): MoveState | undefined {
  const [, from, to, isSwitched] = /^(\d+) (\d+) ([01]) /.exec(text ?? '') ?? []
  return from === undefined ? undefined : {from: Number(from), to: Number(to), isSwitched: isSwitched === '1'}
}

/*
 * KEYS[1] binding HASH   ARGV[1] shards after it   ARGV[2] time
 * Begins a rebalance, unless one has begun; returns the field `moving` as it is then.
 */
const BEGIN = defineScript(
  'begin to move',
  `#!lua flags=allow-oom
local from = redis.call('HGET', KEYS[1], 'shards') or '0'
redis.call('HSETNX', KEYS[1], 'moving', from .. ' ' .. ARGV[1] .. ' 0 ' .. ARGV[2])
return redis.call('HGET', KEYS[1], 'moving')`,
)

/*
 * KEYS[1] binding HASH   ARGV[1] shards after it   then field, value, ... of a queue that was not spread before
 * Producers that read the map from now on follow the new one. Returns its epoch; repeated, it changes nothing.
 */
const SWITCH = defineScript(
  'switch shards',
  `#!lua flags=allow-oom
local from, to, is_switched, since = string.match(redis.call('HGET', KEYS[1], 'moving') or '', '^(%d+) (%d+) ([01]) (.*)$')
if to ~= ARGV[1] then return redis.error_reply('SUPERSEDED by another move') end
if is_switched == '1' then return redis.call('HGET', KEYS[1], 'epoch') end
for i = 2, #ARGV, 2 do redis.call('HSETNX', KEYS[1], ARGV[i], ARGV[i + 1]) end
local served = tonumber(redis.call('HGET', KEYS[1], 'served') or 0)
redis.call('HSET', KEYS[1], 'served', string.format('%.0f', math.max(served, tonumber(from), tonumber(to))))
redis.call('HSET', KEYS[1], 'shards', to, 'moving', from .. ' ' .. to .. ' 1 ' .. since)
return redis.call('HINCRBY', KEYS[1], 'epoch', 1)`,
)

/* KEYS[1] binding HASH   ARGV[1] shards after it   ARGV[2] 1 if producers follow the new map, else 0   Ends it. */
const END = defineScript(
  'end of move',
  `#!lua flags=allow-oom
local to, is_switched = string.match(redis.call('HGET', KEYS[1], 'moving') or '', '^%d+ (%d+) ([01]) ')
if to == ARGV[1] and is_switched == ARGV[2] then redis.call('HDEL', KEYS[1], 'moving') end
return 1`,
)

/** @returns the one that has begun: another number of shards says that somebody else was first */
export async function beginMove({redis, keys}: Member, to: number): Promise<MoveState> {
  const text = String(await runScript(redis, BEGIN, [keys.sink], [to, new Date().toISOString()]))
  return parseMove(text) ?? {from: 0, to, isSwitched: false}
}

/** @param fields of a queue that was not spread before @returns the epoch of the new map */
export async function switchMap(
  {redis, keys}: Member,
  to: number,
  fields: Record<string, string>,
): Promise<number> {
  return Number(await runScript(redis, SWITCH, [keys.sink], [to, ...Object.entries(fields).flat()]))
}

export async function endMove(
  {redis, keys}: Member,
  {to, isSwitched}: Pick<MoveState, 'to' | 'isSwitched'>,
): Promise<void> {
  await runScript(redis, END, [keys.sink], [to, isSwitched ? 1 : 0])
}
