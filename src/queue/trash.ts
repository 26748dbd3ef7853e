import {randomUUID} from 'node:crypto'
import type {Redis} from 'ioredis'
import type {QueueKeys} from '../redis/keys.ts'
import {defineScript, runScript} from '../redis/script.ts'
import type {Letter} from './letter.ts'
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

/** Members of one call: far below a ms of Redis's time each. */
const MEMBERS_PER_CALL = 500

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
  if (letters.length === 0) return 0
  const names = [keys.dead, keys.trashed(id), keys.trash]
  return Number(await runScript(redis, DISCARD, names, [id, ...letters.map((letter) => letter.member)]))
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

/*
 * KEYS[1] the trash ZSET   KEYS[2] where it goes ZSET   KEYS[3] list of trash HASH
 * ARGV[1] trash id   ARGV[2] members to move
 * Returns {left in the trash, moved now}; what is there already stays as it is.
 */
const RESTORE = defineScript(
  'undo',
  `#!lua flags=allow-oom
local left = redis.call('ZCARD', KEYS[1])
local moved = left
if left > 0 and redis.call('EXISTS', KEYS[2]) == 0 then
  redis.call('RENAME', KEYS[1], KEYS[2])
  left = 0
else
  local members = redis.call('ZRANGE', KEYS[1], 0, ARGV[2] - 1, 'WITHSCORES')
  moved = 0
  for i = 1, #members, 2 do moved = moved + redis.call('ZADD', KEYS[2], 'NX', members[i + 1], members[i]) end
  redis.call('ZREMRANGEBYRANK', KEYS[1], 0, ARGV[2] - 1)
  left = redis.call('ZCARD', KEYS[1])
end
if left == 0 then redis.call('HDEL', KEYS[3], ARGV[1]) end
return {left, moved}`,
)

/**
 * Brings back what a purge took away: in O(1) where nothing came since, else piece by piece beside it. Stopped
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
  let restored = 0
  while (!signal.aborted) {
    const [left, moved] = (await runScript(redis, RESTORE, names, [trash.id, MEMBERS_PER_CALL])) as number[]
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
