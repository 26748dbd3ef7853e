import {randomUUID} from 'node:crypto'
import type {Redis} from 'ioredis'
import type {QueueKeys} from '../redis/keys.ts'
import {defineScript, runScript} from '../redis/script.ts'
import type {Letter} from './letter.ts'
import {inCalls} from './letter-calls.ts'
import {redisNow} from './letter-scan.ts'

/** What a purge took away: ready items or dead letters. */
export type TrashKind = 'ready' | 'dead'

/** One purge that can be undone. */
export interface Trash {
  id: string
  kind: TrashKind
  count: number
  /** RFC 3339, by the clock of Redis. */
  at: string
  /** RFC 3339: after that it is freed. */
  until: string
}

/** How long a purge can be undone. */
export const TRASH_MS = 24 * 3_600_000

/*
 * KEYS[1] what is purged ZSET   KEYS[2] the trash ZSET   KEYS[3] list of trash HASH
 * ARGV[1] trash id   ARGV[2] kind
 * Returns how many members went. RENAME is O(1), however many there are.
 */
const PURGE = defineScript(
  'purge',
  `#!lua flags=allow-oom
local known = redis.call('HGET', KEYS[3], ARGV[1])
if known then return tonumber(string.match(known, '^%a+ (%d+)')) end
local count = redis.call('ZCARD', KEYS[1])
if count == 0 then return 0 end
local time = redis.call('TIME')
redis.call('HSET', KEYS[3], ARGV[1], ARGV[2] .. ' ' .. count .. ' ' .. string.format('%.0f', time[1] * 1000))
redis.call('RENAME', KEYS[1], KEYS[2])
return count`,
)

/** Takes all ready items or all dead letters away, at once and in O(1). @returns undefined where there are none */
export async function purgeAll(redis: Redis, keys: QueueKeys, kind: TrashKind): Promise<Trash | undefined> {
  const id = newTrashId()
  const count = Number(await runScript(redis, PURGE, [keys[kind], keys.trashed(id), keys.trash], [id, kind]))
  return count === 0 ? undefined : (await listTrash(redis, keys)).find((trash) => trash.id === id)
}

/*
 * KEYS[1] dead ZSET   KEYS[2] the trash ZSET   KEYS[3] list of trash HASH
 * ARGV[1] trash id   ARGV[2..] dead letters
 * Returns how many went.
 */
const DISCARD = defineScript(
  'discard',
  `#!lua flags=allow-oom
local count = 0
for i = 2, #ARGV do
  local score = redis.call('ZSCORE', KEYS[1], ARGV[i])
  if score then
    redis.call('ZADD', KEYS[2], score, ARGV[i])
    redis.call('ZREM', KEYS[1], ARGV[i])
    count = count + 1
  end
end
if count > 0 then
  local time = redis.call('TIME')
  redis.call('HSET', KEYS[3], ARGV[1], 'dead ' .. redis.call('ZCARD', KEYS[2]) .. ' ' .. string.format('%.0f', time[1] * 1000))
end
return count`,
)

/** Takes some dead letters away, into a trash that calls with the same id share. @returns how many went */
export async function purgeLetters(
  redis: Redis,
  keys: QueueKeys,
  id: string,
  letters: Letter[],
): Promise<number> {
  const names = [keys.dead, keys.trashed(id), keys.trash]
  const calls = inCalls(letters, ({member}) => member.length).map((call) =>
    runScript(redis, DISCARD, names, [id, ...call.map(({member}) => member)]),
  )
  const counts = await Promise.all(calls)
  return counts.reduce<number>((sum, count) => sum + Number(count), 0)
}

export function newTrashId(): string {
  return randomUUID().slice(0, 8)
}

/** What can be brought back, newest first. */
export async function listTrash(redis: Redis, keys: QueueKeys): Promise<Trash[]> {
  const entries = Object.entries(await redis.hgetall(keys.trash))
  return entries
    .map(([id, text]) => {
      const [kind, count, ms] = text.split(' ')
      const at = new Date(Number(ms)).toISOString()
      const until = new Date(Number(ms) + TRASH_MS).toISOString()
      return {id, kind: kind as TrashKind, count: Number(count), at, until}
    })
    .sort((a, b) => b.at.localeCompare(a.at))
}

/** Most members that one call brings back: some ms of Redis's time beside a set of a million... */
const RESTORE_MEMBERS = 100
/** ...and bytes, after which the call ends: 500 members of up to a MiB took Redis 4.4 s in one call. */
const RESTORE_BYTES = 256 * 1024

/*
 * KEYS[1] the trash ZSET   KEYS[2] where it goes ZSET   KEYS[3] list of trash HASH
 * ARGV[1] trash id   ARGV[2] most members to move   ARGV[3] bytes after which no more are moved
 * Returns {left in the trash, moved now}; what is there already stays as it is.
 *
 * Where few have come since, those few join the trash, which is then renamed: as quick for a million as for one.
 * Else members are popped one by one, so that a call holds no more than one beyond its bytes. ZCARD fails on a key
 * of another type before anything has moved.
 */
const RESTORE = defineScript(
  'undo',
  `#!lua flags=allow-oom
local most, most_bytes = tonumber(ARGV[2]), tonumber(ARGV[3])
local left, there = redis.call('ZCARD', KEYS[1]), redis.call('ZCARD', KEYS[2])
local new, bytes, moved = {}, 0, 0
if there < left and there <= most then
  while #new < there and bytes < most_bytes do
    local one = redis.call('ZRANGE', KEYS[2], #new, #new, 'WITHSCORES')
    new[#new + 1] = one
    bytes = bytes + #one[1]
  end
end
if #new == there and there < left then
  moved = left
  for _, one in ipairs(new) do
    if redis.call('ZADD', KEYS[1], one[2], one[1]) == 0 then moved = moved - 1 end
  end
  redis.call('RENAME', KEYS[1], KEYS[2])
  left = 0
else
  bytes = 0
  for _ = 1, math.min(most, left) do
    local top = redis.call('ZPOPMIN', KEYS[1])
    moved = moved + redis.call('ZADD', KEYS[2], 'NX', top[2], top[1])
    left = left - 1
    bytes = bytes + #top[1]
    if bytes >= most_bytes then break end
  end
end
if left == 0 then redis.call('HDEL', KEYS[3], ARGV[1]) end
return {left, moved}`,
)

/**
 * Brings back what a purge took away: at once where little came since, else piece by piece beside it. Stopped
 * halfway, the rest is still in the trash.
 * @returns members brought back; less than were purged where the same ones came since
 */
export async function undoPurge(
  redis: Redis,
  keys: QueueKeys,
  trash: Trash,
  signal: AbortSignal,
): Promise<number> {
  const names = [keys.trashed(trash.id), keys[trash.kind], keys.trash]
  const args = [trash.id, RESTORE_MEMBERS, RESTORE_BYTES]
  let restored = 0
  while (!signal.aborted) {
    const [left, moved] = (await runScript(redis, RESTORE, names, args)) as number[]
    restored += moved
    if (left === 0) break
  }
  return restored
}

/**
 * Frees what nobody has brought back in time. UNLINK and not EXPIRE: by default Redis frees an expired key at
 * once, and a million members would block it.
 */
export async function freeOldTrash(redis: Redis, keys: QueueKeys): Promise<void> {
  const trash = await listTrash(redis, keys)
  if (trash.length === 0) return
  const now = await redisNow(redis)
  const old = trash.filter(({until}) => Date.parse(until) < now).map(({id}) => id)
  if (old.length === 0) return
  await redis.unlink(...old.map(keys.trashed))
  await redis.hdel(keys.trash, ...old)
}
