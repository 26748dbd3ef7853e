import {randomUUID} from 'node:crypto'
import {runScript} from '../redis/script.ts'
import type {ReadyItem} from './kinds.ts'
import type {LeaseBook} from './lease-book/book.ts'
import {inCalls} from './letters/letter-calls.ts'
import {remembered} from './letters/remembered.ts'
import {composeScript} from './lua-engine.ts'
import {
  fenceText,
  heldKey,
  type NamedPurge,
  type OperationHold,
  type Restoring,
  underHold,
} from './operation-book/hold.ts'
import {nameShared} from './stream/shared.ts'
import {newTrashId, parseTrash, type Trash} from './trash-list.ts'

/*
 * KEYS[1] ready items   KEYS[2] the trash   KEYS[3] list of trash HASH   KEYS[4] the operation that it is part of HASH, if
 * any
 * ARGV[1] trash id   ARGV[2] fence, or ""   ARGV[3] expected number of items, or ""
 * Returns the number of items purged, or -1 if there are more or fewer than expected.
 */
const PURGE = composeScript(
  'purge',
  (engine) => `#!lua flags=allow-oom
${underHold('KEYS[4]', 'ARGV[2]')}
${engine.size}
${engine.clear}
local known = redis.call('HGET', KEYS[3], ARGV[1])
if known then return tonumber(string.match(known, '^%a+ (%d+)')) end
local count = size(KEYS[1], true)
if ARGV[3] ~= '' and count ~= tonumber(ARGV[3]) then return -1 end
if count == 0 then return 0 end
clear(KEYS[2])
count_change(count)
local time = redis.call('TIME')
redis.call('HSET', KEYS[3], ARGV[1], 'ready ' .. count .. ' ' .. string.format('%.0f', time[1] * 1000))
return count`,
)

/**
 * Removes all ready items at once.
 * @param planned only if there are as many as were counted
 * @returns undefined if there are none, or not as many as planned
 */
export async function purgeItems(
  {redis, keys, engine}: LeaseBook,
  planned?: {count?: number; kept?: NamedPurge},
): Promise<Trash | undefined> {
  const {trash: id, hold}: NamedPurge = planned?.kept ?? {trash: newTrashId()}
  const names = [keys.ready, keys.trashed(id), keys.trash, ...heldKey(keys, hold)]
  const args = [id, fenceText(hold), planned?.count ?? '']
  const count = Number(await runScript(redis, PURGE(engine), names, args))
  return count > 0 ? parseTrash(id, (await redis.hget(keys.trash, id)) ?? '') : undefined
}

/*
 * KEYS[1] ready items   KEYS[2] the trash   KEYS[3] list of trash HASH   KEYS[4] the reply of this call HASH
 * KEYS[5] the operation that it is part of HASH, if any
 * ARGV[1] trash id   ARGV[2] fence, or ""   ARGV[3..] locator, item, ...
 * Returns the number of items in this trash now. Where equal items are several, the reply is remembered: a repeated call
 * would take others of them.
 */
const DISCARD = composeScript(
  'discard items',
  (engine) => `#!lua flags=allow-oom
${engine.can.collapse ? UNREMEMBERED : remembered('KEYS[4]')}
${underHold('KEYS[5]', 'ARGV[2]')}
${engine.discard}
local moved = discard(KEYS[2], {unpack(ARGV, 3)})
count_change(moved)
local count = (tonumber(string.match(redis.call('HGET', KEYS[3], ARGV[1]) or '', '^%a+ (%d+)')) or 0) + moved
if moved > 0 then
  local time = redis.call('TIME')
  redis.call('HSET', KEYS[3], ARGV[1], 'ready ' .. count .. ' ' .. string.format('%.0f', time[1] * 1000))
end
return remember(string.format('%.0f', count))`,
)

/** For a script whose repeated call finds the reply again. */
const UNREMEMBERED = 'local function remember(reply) return reply end'

/** Moves some ready items into a trash that calls with the same id share. @returns how many it holds now */
export async function discardItems(
  {redis, keys, engine}: LeaseBook,
  id: string,
  items: readonly ReadyItem[],
  hold?: OperationHold,
): Promise<number> {
  const calls = inCalls(items, ({member}) => member.length).map((call) => {
    const own = [keys.sent(randomUUID()), ...heldKey(keys, hold)]
    const names = [keys.ready, keys.trashed(id), keys.trash, ...own]
    const found = call.flatMap(({locator = '', member}) => [locator, member])
    return runScript(redis, DISCARD(engine), names, [id, fenceText(hold), ...found])
  })
  const counts = await Promise.all(calls).catch((error: unknown) => {
    throw nameShared(error)
  })
  return Math.max(0, ...counts.map(Number))
}

/** Most items that one call restores: a few ms of Redis's time in a set of a million. */
const RESTORE_ITEMS = 100
/** Bytes after which a call ends: 500 items of up to a MiB took Redis 4.4 s in one call. */
const RESTORE_BYTES = 256 * 1024

/*
 * KEYS[1] ready items   KEYS[2] the trash   KEYS[3] list of trash HASH   KEYS[4] the reply of this call HASH
 * KEYS[5] the operation that is undone HASH, if any
 * ARGV[1] trash id   ARGV[2] most items to move   ARGV[3] bytes after which no more are moved   ARGV[4] fence, or ""
 * Returns "LEFT MOVED": items left in the trash, and items moved now.
 */
const RESTORE = composeScript(
  'undo purge',
  (engine) => `#!lua flags=allow-oom
${remembered('KEYS[4]')}
${underHold('KEYS[5]', 'ARGV[4]')}
${engine.restore}
local left, moved = restore(KEYS[2], tonumber(ARGV[2]), tonumber(ARGV[3]))
count_change(moved)
if left == 0 then redis.call('HDEL', KEYS[3], ARGV[1]) end
return remember(string.format('%.0f %.0f', left, moved))`,
)

/**
 * Restores the ready items that a purge removed: at once if little has come since, otherwise in pieces. If it is stopped
 * halfway, the rest stays in the trash.
 * @returns items restored; fewer than were purged if identical ones have come since, and the engine collapses them
 */
export async function restoreItems(
  {redis, keys, engine}: LeaseBook,
  trash: Trash,
  signal: AbortSignal,
  {hold, onRestored}: Restoring = {},
): Promise<number> {
  const args = [trash.id, RESTORE_ITEMS, RESTORE_BYTES, fenceText(hold)]
  let restored = 0
  while (!signal.aborted) {
    const own = [keys.sent(randomUUID()), ...heldKey(keys, hold)]
    const names = [keys.ready, keys.trashed(trash.id), keys.trash, ...own]
    const reply = String(await runScript(redis, RESTORE(engine), names, args))
    const [left, moved] = reply.split(' ').map(Number)
    restored += moved
    onRestored?.(moved)
    if (left === 0) break
  }
  return restored
}
