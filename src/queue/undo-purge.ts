import {randomUUID} from 'node:crypto'
import type {Redis} from 'ioredis'
import type {QueueKeys} from '../redis/keys.ts'
import {defineScript, runScript} from '../redis/script.ts'
import {letterCounting, TRASH_COUNTS} from './letters/letter-counts.ts'
import {remembered} from './letters/remembered.ts'
import {fenceText, heldKey, type OperationHold, underHold} from './operation-book/hold.ts'
import type {Trash} from './trash-list.ts'

/** Most members that one call restores: a few ms of Redis's time in a set of a million. */
const RESTORE_MEMBERS = 100
/** Bytes after which a call ends: 500 members of up to a MiB took Redis 4.4 s in one call. */
const RESTORE_BYTES = 256 * 1024

/*
 * KEYS[1] the trash ZSET   KEYS[2] its destination ZSET   KEYS[3] list of trash HASH   KEYS[4] stats HASH
 * KEYS[5] the reply of this call HASH   KEYS[6] the operation that is undone HASH, if any
 * ARGV[1] trash id   ARGV[2] most members to move   ARGV[3] bytes after which no more are moved   ARGV[4] fence, or ""
 * Returns "LEFT MOVED": members left in the trash, and members moved now; those in the destination already stay as
 * they are.
 *
 * If only a few members have come since, they join the trash, which is then renamed: as fast for a million as for
 * one. Otherwise members are popped one by one, so that a call exceeds its bytes by at most one member. ZCARD fails
 * on a key of another type before anything has moved.
 */
const RESTORE = defineScript(
  'undo',
  `#!lua flags=allow-oom
${remembered('KEYS[5]')}
${underHold('KEYS[6]', 'ARGV[4]')}
${letterCounting('KEYS[4]')}
${TRASH_COUNTS}
local entry = string.match(redis.call('HGET', KEYS[3], ARGV[1]) or '', '^%a+ %d+ %d+') or ''
local is_dead = string.match(entry, '^dead')
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
    if redis.call('ZADD', KEYS[1], one[2], one[1]) == 0 then
      moved = moved - 1
      count_trashed(one[1], one[2], leave_span)
    end
  end
  if is_dead then
    drop_verification()
    for reason, span in pairs(trashed) do join_span(span_of('dead', reason), span) end
  end
  redis.call('RENAME', KEYS[1], KEYS[2])
  left = 0
else
  bytes = 0
  for _ = 1, math.min(most, left) do
    local top = redis.call('ZPOPMIN', KEYS[1])
    if is_dead then
      count_trashed(top[1], top[2], leave_span)
      if add_letter(KEYS[2], top[2], top[1]) then moved = moved + 1 end
    else
      moved = moved + redis.call('ZADD', KEYS[2], 'NX', top[2], top[1])
    end
    left = left - 1
    bytes = bytes + #top[1]
    if bytes >= most_bytes then break end
  end
end
save_counts()
count_change(moved)
if left == 0 then
  redis.call('HDEL', KEYS[3], ARGV[1])
elseif entry ~= '' then
  save_trashed(entry)
end
return remember(string.format('%.0f %.0f', left, moved))`,
)

/**
 * Restores what a purge removed: at once if little has come since, otherwise in pieces. If it is stopped halfway, the
 * rest stays in the trash.
 * @returns members restored; fewer than were purged if identical ones have come since
 */
export async function undoPurge(
  redis: Redis,
  keys: QueueKeys,
  trash: Trash,
  signal: AbortSignal,
  hold?: OperationHold,
): Promise<number> {
  const target = trash.kind === 'ready' ? keys.ready : keys.dead
  const args = [trash.id, RESTORE_MEMBERS, RESTORE_BYTES, fenceText(hold)]
  let restored = 0
  while (!signal.aborted) {
    const own = [keys.sent(randomUUID()), ...heldKey(keys, hold)]
    const names = [keys.trashed(trash.id), target, keys.trash, keys.stats, ...own]
    const reply = String(await runScript(redis, RESTORE, names, args))
    const [left, moved] = reply.split(' ').map(Number)
    restored += moved
    if (left === 0) break
  }
  return restored
}
