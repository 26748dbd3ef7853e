import {randomUUID} from 'node:crypto'
import type {Redis} from 'ioredis'
import type {QueueKeys} from '../../redis/keys.ts'
import {defineScript, runScript} from '../../redis/script.ts'
import {fenceText, heldKey, type Restoring, underHold} from '../operation-book/hold.ts'
import type {Trash} from '../trash-list.ts'
import {RESTORE_SET} from '../zset/restore-set.ts'
import {letterCounting, TRASH_COUNTS} from './letter-counts.ts'
import {remembered} from './remembered.ts'

/** Most letters that one call restores: a few ms of Redis's time in a set of a million. */
const RESTORE_LETTERS = 100
/** Bytes after which a call ends: 500 letters of up to a MiB took Redis 4.4 s in one call. */
const RESTORE_BYTES = 256 * 1024

/*
 * KEYS[1] the trash ZSET   KEYS[2] dead ZSET   KEYS[3] list of trash HASH   KEYS[4] stats HASH
 * KEYS[5] the reply of this call HASH   KEYS[6] the operation that is undone HASH, if any
 * ARGV[1] trash id   ARGV[2] most letters to move   ARGV[3] bytes after which no more are moved   ARGV[4] fence, or ""
 * Returns "LEFT MOVED": letters left in the trash, and letters moved now; those that are dead letters again already stay
 * as they are.
 */
const RESTORE = defineScript(
  'undo',
  `#!lua flags=allow-oom
${remembered('KEYS[5]')}
${underHold('KEYS[6]', 'ARGV[4]')}
${letterCounting('KEYS[4]')}
${TRASH_COUNTS}
${RESTORE_SET}
local entry = string.match(redis.call('HGET', KEYS[3], ARGV[1]) or '', '^%a+ %d+ %d+') or ''
local function leave_trash(one) count_trashed(one[1], one[2], leave_span) end
local function put_back(one)
  leave_trash(one)
  return add_letter(KEYS[2], one[2], one[1])
end
local left, moved, is_whole =
  restore_set(KEYS[1], KEYS[2], tonumber(ARGV[2]), tonumber(ARGV[3]), leave_trash, put_back)
if is_whole then
  drop_verification()
  for reason, span in pairs(trashed) do join_span(span_of('dead', reason), span) end
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
 * Restores the dead letters that a purge removed: at once if little has come since, otherwise in pieces. If it is stopped
 * halfway, the rest stays in the trash.
 * @returns letters restored; fewer than were purged if identical ones have come since
 */
export async function restoreLetters(
  redis: Redis,
  keys: QueueKeys,
  trash: Trash,
  signal: AbortSignal,
  {hold, onRestored}: Restoring = {},
): Promise<number> {
  const args = [trash.id, RESTORE_LETTERS, RESTORE_BYTES, fenceText(hold)]
  let restored = 0
  while (!signal.aborted) {
    const own = [keys.sent(randomUUID()), ...heldKey(keys, hold)]
    const names = [keys.trashed(trash.id), keys.dead, keys.trash, keys.stats, ...own]
    const reply = String(await runScript(redis, RESTORE, names, args))
    const [left, moved] = reply.split(' ').map(Number)
    restored += moved
    onRestored?.(moved)
    if (left === 0) break
  }
  return restored
}
