import {randomUUID} from 'node:crypto'
import type {Redis} from 'ioredis'
import type {QueueKeys} from '../redis/keys.ts'
import {defineScript, runScript} from '../redis/script.ts'
import type {Letter} from './letter.ts'
import {inCalls} from './letter-calls.ts'
import {letterCounting, TRASH_COUNTS} from './letter-counts.ts'
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
 * KEYS[1] what is purged ZSET   KEYS[2] the trash ZSET   KEYS[3] list of trash HASH   KEYS[4] stats HASH
 * ARGV[1] trash id   ARGV[2] kind
 * Returns how many members went. RENAME is O(1), however many there are. The counts of dead letters go along, into
 * the entry of the list: "KIND MEMBERS MS", and " REASON=COUNT" for each.
 */
const PURGE = defineScript(
  'purge',
  `#!lua flags=allow-oom
${letterCounting('KEYS[4]')}
local known = redis.call('HGET', KEYS[3], ARGV[1])
if known then return tonumber(string.match(known, '^%a+ (%d+)')) end
local count = redis.call('ZCARD', KEYS[1])
if count == 0 then return 0 end
local time = redis.call('TIME')
local entry = ARGV[2] .. ' ' .. count .. ' ' .. string.format('%.0f', time[1] * 1000)
if ARGV[2] == 'dead' then
  drop_verification()
  for _, field in ipairs(redis.call('HKEYS', KEYS[4])) do
    local reason = string.match(field, '^dead:(.+)$')
    if reason then
      entry = entry .. ' ' .. reason .. '=' .. redis.call('HGET', KEYS[4], field)
      redis.call('HDEL', KEYS[4], field)
    end
  end
end
redis.call('HSET', KEYS[3], ARGV[1], entry)
redis.call('RENAME', KEYS[1], KEYS[2])
return count`,
)

/** Takes all ready items or all dead letters away, at once and in O(1). @returns undefined where there are none */
export async function purgeAll(redis: Redis, keys: QueueKeys, kind: TrashKind): Promise<Trash | undefined> {
  const id = newTrashId()
  const names = [keys[kind], keys.trashed(id), keys.trash, keys.stats]
  const count = Number(await runScript(redis, PURGE, names, [id, kind]))
  return count === 0 ? undefined : (await listTrash(redis, keys)).find((trash) => trash.id === id)
}

/*
 * KEYS[1] dead ZSET   KEYS[2] the trash ZSET   KEYS[3] list of trash HASH   KEYS[4] stats HASH
 * ARGV[1] trash id   ARGV[2..] dead letters
 * Returns how many went.
 */
const DISCARD = defineScript(
  'discard',
  `#!lua flags=allow-oom
${letterCounting('KEYS[4]')}
${TRASH_COUNTS}
local count = 0
for i = 2, #ARGV do
  local score = redis.call('ZSCORE', KEYS[1], ARGV[i])
  if score then
    redis.call('ZADD', KEYS[2], score, ARGV[i])
    remove_letter(KEYS[1], ARGV[i])
    count_trashed(ARGV[i], 1)
    count = count + 1
  end
end
save_counts()
if count > 0 then
  local time = redis.call('TIME')
  save_trashed('dead ' .. redis.call('ZCARD', KEYS[2]) .. ' ' .. string.format('%.0f', time[1] * 1000))
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
  const names = [keys.dead, keys.trashed(id), keys.trash, keys.stats]
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
