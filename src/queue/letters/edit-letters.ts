import {randomUUID} from 'node:crypto'
import type {Redis} from 'ioredis'
import type {QueueKeys} from '../../redis/keys.ts'
import {defineScript, runScript} from '../../redis/script.ts'
import {fenceText, heldKey, type OperationHold, type Restoring, underHold} from '../operation-book/hold.ts'
import {withEvent} from './history.ts'
import {findLenientPath} from './lenient-path.ts'
import {Letter} from './letter.ts'
import {inCalls} from './letter-calls.ts'
import {letterCounting} from './letter-counts.ts'
import {remembered} from './remembered.ts'

/** Who edits, and which trash keeps the previous letters. */
export interface EditRun {
  /** Id of the trash for `qtool undo`; calls with the same id share it. */
  trash: string
  /** `user@host`. */
  by: string
  /** ms since 1970 by the clock of Redis. */
  at: number
  /** What was done, in the words of the command line; by hand if left out. */
  how?: string
  /** Of the operation that this is part of. */
  hold?: OperationHold
}

/**
 * The text of a letter with another item; its id, cause and priority stay the same, and its history records the edit.
 */
export function withItem(letter: Letter, item: Buffer, {by, at, how}: EditRun): Buffer {
  if (letter.isOwn) {
    const message = `by ${by}, id ${letter.id}${how === undefined ? '' : `: ${shortly(how)}`}`
    const event = {failedAt: new Date(at).toISOString(), reason: 'edited', code: null, message}
    return letter.withPayload(item, withEvent(letter.history, event))
  }
  const path = [...letter.recordsPath]
  const records = findLenientPath(item, path)
  const old = findLenientPath(letter.member, path)
  if (!records || !old || letter.item.equals(letter.member)) return item
  const {member} = letter
  return Buffer.concat([
    member.subarray(0, old.start),
    item.subarray(records.start, records.end),
    member.subarray(old.end),
  ])
}

/** A rule may hold a value of a MiB, and each letter would keep it. */
function shortly(text: string): string {
  return text.length > LONGEST_RULE ? `${text.slice(0, LONGEST_RULE)}…` : text
}

const LONGEST_RULE = 200

/*
 * KEYS[1] dead ZSET   KEYS[2] the trash of this edit HASH new member → old member   KEYS[3] list of trash HASH
 * KEYS[4] stats HASH   KEYS[5] the operation that it is part of HASH, if any
 * ARGV[1] trash id   ARGV[2] fence, or ""   ARGV[3..] old member, new member, ...
 * Returns one character per letter: 1 replaced, 0 the letter no longer exists, 2 left unchanged, since an identical
 * letter exists already and the two would merge, or since this edit has made the letter, which may be read again. A
 * repeated call recognises the letters that it has replaced.
 */
const EDIT = defineScript(
  'edit',
  `#!lua flags=allow-oom
${underHold('KEYS[5]', 'ARGV[2]')}
${letterCounting('KEYS[4]')}
local fate, edited = {}, 0
for i = 3, #ARGV, 2 do
  local old, new = ARGV[i], ARGV[i + 1]
  local score, other = redis.call('ZSCORE', KEYS[1], old), redis.call('ZSCORE', KEYS[1], new)
  local become = '0'
  if score and (other or redis.call('HEXISTS', KEYS[2], old) == 1) and old ~= new then
    become = '2'
  elseif score then
    if old ~= new then
      redis.call('HSET', KEYS[2], new, old)
      add_letter(KEYS[1], score, new)
      remove_letter(KEYS[1], old)
      edited = edited + 1
    end
    become = '1'
  elseif other then
    become = '1'
  end
  fate[#fate + 1] = become
end
save_counts()
count_change(edited)
if edited > 0 then
  local time = redis.call('TIME')
  redis.call('HSET', KEYS[3], ARGV[1], 'edit ' .. redis.call('HLEN', KEYS[2]) .. ' ' .. string.format('%.0f', time[1] * 1000))
end
return table.concat(fate)`,
)

/**
 * Replaces letters, each atomically and in place; the previous versions go into the trash.
 * @returns the letters in their new form, without those that were left unchanged or are gone; a letter that qtool did
 * not write has a new id, since its id is a hash of its bytes
 */
export async function editLetters(
  redis: Redis,
  keys: QueueKeys,
  run: EditRun,
  edits: Array<{letter: Letter; item: Buffer}>,
): Promise<Letter[]> {
  const changes = edits.map(({letter, item}) => ({old: letter.member, letter: edited(letter, item, run)}))
  const calls = inCalls(changes, ({old, letter}) => old.length + letter.member.length)
  const names = [keys.dead, keys.trashed(run.trash), keys.trash, keys.stats, ...heldKey(keys, run.hold)]
  const parts = calls.map(async (call) => {
    const args = call.flatMap(({old, letter}) => [old, letter.member])
    const fate = String(await runScript(redis, EDIT, names, [run.trash, fenceText(run.hold), ...args]))
    return call.flatMap(({letter}, i) => (fate[i] === '1' ? [letter] : []))
  })
  return (await Promise.all(parts)).flat()
}

/** For each of some letters whether the edit with a trash has made it. */
export function madeByEdit(
  redis: Redis,
  keys: QueueKeys,
  trash: string,
  letters: readonly Letter[],
): Promise<boolean[]> {
  const key = keys.trashed(trash)
  return Promise.all(letters.map(async ({member}) => (await redis.hexists(key, member)) === 1))
}

function edited(letter: Letter, item: Buffer, run: EditRun): Letter {
  return new Letter(withItem(letter, item, run), letter.score, letter.recordsPath)
}

/*
 * KEYS[1] dead ZSET   KEYS[2] the trash of an edit HASH   KEYS[3] list of trash HASH   KEYS[4] stats HASH
 * KEYS[5] the reply of this call HASH   KEYS[6] the operation that is undone HASH, if any
 * ARGV[1] trash id   ARGV[2] fence, or ""   ARGV[3..] new member, old member, ...
 * Returns the number of letters restored. The others stay in the trash: their new version is gone, but may come back
 * when a later edit or purge is undone; or their old version exists again, and the two would merge.
 */
const UNEDIT = defineScript(
  'unedit',
  `#!lua flags=allow-oom
${remembered('KEYS[5]')}
${underHold('KEYS[6]', 'ARGV[2]')}
${letterCounting('KEYS[4]')}
local restored = 0
for i = 3, #ARGV, 2 do
  local new, old = ARGV[i], ARGV[i + 1]
  local score = redis.call('ZSCORE', KEYS[1], new)
  if score and not redis.call('ZSCORE', KEYS[1], old) then
    add_letter(KEYS[1], score, old)
    remove_letter(KEYS[1], new)
    redis.call('HDEL', KEYS[2], new)
    restored = restored + 1
  end
end
save_counts()
count_change(restored)
local left = redis.call('HLEN', KEYS[2])
local ms = string.match(redis.call('HGET', KEYS[3], ARGV[1]) or '', '^edit %d+ (%d+)')
if left == 0 then
  redis.call('HDEL', KEYS[3], ARGV[1])
elseif ms then
  redis.call('HSET', KEYS[3], ARGV[1], 'edit ' .. left .. ' ' .. ms)
end
return remember(string.format('%.0f', restored))`,
)

/** Letters read per call; the trash holds each one twice, and it may take a MiB. */
const PAGE = 20

/**
 * Puts letters back as they were before an edit. Those that cannot be put back, and the rest if it is stopped
 * halfway, stay in the trash.
 * @returns the number of letters put back
 */
export async function undoEdit(
  redis: Redis,
  keys: QueueKeys,
  id: string,
  signal: AbortSignal,
  {hold, onRestored}: Restoring = {},
): Promise<number> {
  let restored = 0
  let cursor = '0'
  do {
    const [next, pairs] = await redis.hscanBuffer(keys.trashed(id), cursor, 'COUNT', PAGE)
    for (const call of inCalls(pairsOf(pairs), ([changed, old]) => changed.length + old.length)) {
      if (signal.aborted) return restored
      const own = [keys.sent(randomUUID()), ...heldKey(keys, hold)]
      const names = [keys.dead, keys.trashed(id), keys.trash, keys.stats, ...own]
      const back = Number(await runScript(redis, UNEDIT, names, [id, fenceText(hold), ...call.flat()]))
      restored += back
      onRestored?.(back)
    }
    cursor = next.toString()
  } while (cursor !== '0')
  return restored
}

function pairsOf(flat: Buffer[]): Array<[Buffer, Buffer]> {
  return Array.from({length: flat.length / 2}, (_, i) => [flat[2 * i], flat[2 * i + 1]])
}
