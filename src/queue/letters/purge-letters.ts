import type {Redis} from 'ioredis'
import type {QueueKeys} from '../../redis/keys.ts'
import {defineScript, runScript} from '../../redis/script.ts'
import {fenceText, heldKey, type NamedPurge, type OperationHold, underHold} from '../operation-book/hold.ts'
import {newTrashId, parseTrash, type Trash} from '../trash-list.ts'
import type {Letter} from './letter.ts'
import {inCalls} from './letter-calls.ts'
import {letterCounting, TRASH_COUNTS} from './letter-counts.ts'
import {type LetterPlan, scoresAfter} from './letter-plan.ts'

/*
 * KEYS[1] dead ZSET   KEYS[2] the trash ZSET   KEYS[3] list of trash HASH   KEYS[4] stats HASH
 * KEYS[5] the operation that it is part of HASH, if any
 * ARGV[1] trash id   ARGV[2] fence, or ""
 * ARGV[3] expected number of letters, or ""   ARGV[4..] scores of letters that stay: above, below, ...
 * Returns the number of letters purged, or -1 if there are more or fewer than expected. RENAME is O(1), however many
 * there are; the few that stay are moved back. The counts of dead letters move too.
 */
const PURGE = defineScript(
  'purge letters',
  `#!lua flags=allow-oom
${underHold('KEYS[5]', 'ARGV[2]')}
${letterCounting('KEYS[4]')}
${TRASH_COUNTS}
local known = redis.call('HGET', KEYS[3], ARGV[1])
if known then return tonumber(string.match(known, '^%a+ (%d+)')) end
local count = redis.call('ZCARD', KEYS[1])
for i = 4, #ARGV, 2 do count = count - redis.call('ZCOUNT', KEYS[1], ARGV[i], ARGV[i + 1]) end
if ARGV[3] ~= '' and count ~= tonumber(ARGV[3]) then return -1 end
if count == 0 then return 0 end
drop_verification()
for _, field in ipairs(redis.call('HKEYS', KEYS[4])) do
  local reason = string.match(field, '^dead:(.+)$')
  if reason then
    local span = span_of('dead', reason)
    trashed[reason] = span
    spans[field] = nil
    redis.call('HDEL', KEYS[4], field, span.field)
  end
end
redis.call('RENAME', KEYS[1], KEYS[2])
for i = 4, #ARGV, 2 do
  repeat
    local some = redis.call('ZRANGE', KEYS[2], ARGV[i], ARGV[i + 1], 'BYSCORE', 'LIMIT', 0, 100, 'WITHSCORES')
    for j = 1, #some, 2 do
      add_letter(KEYS[1], some[j + 1], some[j])
      count_trashed(some[j], some[j + 1], leave_span)
      redis.call('ZREM', KEYS[2], some[j])
    end
  until #some == 0
end
save_counts()
count_change(count)
local time = redis.call('TIME')
save_trashed('dead ' .. count .. ' ' .. string.format('%.0f', time[1] * 1000))
return count`,
)

/**
 * Removes all dead letters, at once and in O(1).
 * @param planned only if there are as many as were counted; letters that came in after the plan stay and do not count
 * @returns undefined if there are none, or not as many as planned: then each letter has to be checked by itself
 */
export async function purgeAllLetters(
  redis: Redis,
  keys: QueueKeys,
  planned?: {plan: LetterPlan; count: number; kept?: NamedPurge},
): Promise<Trash | undefined> {
  const {trash: id, hold}: NamedPurge = planned?.kept ?? {trash: newTrashId()}
  const names = [keys.dead, keys.trashed(id), keys.trash, keys.stats, ...heldKey(keys, hold)]
  const limits = planned ? [planned.count, ...scoresAfter(planned.plan)] : ['']
  const count = Number(await runScript(redis, PURGE, names, [id, fenceText(hold), ...limits]))
  return count > 0 ? parseTrash(id, (await redis.hget(keys.trash, id)) ?? '') : undefined
}

/*
 * KEYS[1] dead ZSET   KEYS[2] the trash ZSET   KEYS[3] list of trash HASH   KEYS[4] stats HASH
 * KEYS[5] the operation that it is part of HASH, if any
 * ARGV[1] trash id   ARGV[2] fence, or ""   ARGV[3..] letters
 * Returns the number of letters in this trash now, so that a repeated call returns the same. Their counts go along.
 */
const DISCARD = defineScript(
  'discard letters',
  `#!lua flags=allow-oom
${underHold('KEYS[5]', 'ARGV[2]')}
${letterCounting('KEYS[4]')}
${TRASH_COUNTS}
local moved = 0
for i = 3, #ARGV do
  local score = redis.call('ZSCORE', KEYS[1], ARGV[i])
  if score then
    redis.call('ZADD', KEYS[2], score, ARGV[i])
    remove_letter(KEYS[1], ARGV[i])
    count_trashed(ARGV[i], score, join_letter)
    moved = moved + 1
  end
end
save_counts()
count_change(moved)
local count = redis.call('ZCARD', KEYS[2])
if moved > 0 then
  local time = redis.call('TIME')
  save_trashed('dead ' .. count .. ' ' .. string.format('%.0f', time[1] * 1000))
end
return count`,
)

/** Moves some dead letters into a trash that calls with the same id share. @returns how many it holds now */
export async function discardLetters(
  redis: Redis,
  keys: QueueKeys,
  id: string,
  letters: readonly Letter[],
  hold?: OperationHold,
): Promise<number> {
  const names = [keys.dead, keys.trashed(id), keys.trash, keys.stats, ...heldKey(keys, hold)]
  const calls = inCalls(letters, ({member}) => member.length).map((call) =>
    runScript(redis, DISCARD, names, [id, fenceText(hold), ...call.map(({member}) => member)]),
  )
  const counts = await Promise.all(calls)
  return Math.max(0, ...counts.map(Number))
}
