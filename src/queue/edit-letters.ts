import type {Redis} from 'ioredis'
import type {QueueKeys} from '../redis/keys.ts'
import {defineScript, runScript} from '../redis/script.ts'
import {findLenientPath} from './lenient-path.ts'
import {Letter} from './letter.ts'
import {inCalls} from './letter-calls.ts'
import {letterCounting} from './letter-counts.ts'

/** The text of a letter whose item is another one now; id, cause, priority and history stay. */
export function withItem(letter: Letter, item: Buffer): Buffer {
  if (letter.isOwn) return letter.withPayload(item)
  const points = findLenientPath(item, ['points'])
  const old = findLenientPath(letter.member, ['points'])
  if (!points || !old || letter.item.equals(letter.member)) return item
  const {member} = letter
  return Buffer.concat([
    member.subarray(0, old.start),
    item.subarray(points.start, points.end),
    member.subarray(old.end),
  ])
}

/*
 * KEYS[1] dead ZSET   KEYS[2] stats HASH   ARGV old member, new member, ...
 * Returns one character a letter: 1 replaced, 0 no such letter any more, 2 left, since there is a letter already that
 * is the same to the byte: the two would become one. A repeated call finds the new ones.
 */
const EDIT = defineScript(
  'edit',
  `#!lua flags=allow-oom
${letterCounting('KEYS[2]')}
local fate = {}
for i = 1, #ARGV, 2 do
  local old, new = ARGV[i], ARGV[i + 1]
  local score, other = redis.call('ZSCORE', KEYS[1], old), redis.call('ZSCORE', KEYS[1], new)
  local become = '0'
  if score and other and old ~= new then
    become = '2'
  elseif score then
    if old ~= new then
      add_letter(KEYS[1], score, new)
      remove_letter(KEYS[1], old)
    end
    become = '1'
  elseif other then
    become = '1'
  end
  fate[#fate + 1] = become
end
save_counts()
return table.concat(fate)`,
)

/**
 * Replaces letters, each atomically and in its place.
 * @returns the letters as they are now, without those that were left or gone; a letter that qtool did not
 * write has another id now, since its id is a hash of its bytes
 */
export async function editLetters(
  redis: Redis,
  keys: QueueKeys,
  edits: Array<{letter: Letter; item: Buffer}>,
): Promise<Letter[]> {
  const changes = edits.map(({letter, item}) => ({old: letter.member, letter: edited(letter, item)}))
  const calls = inCalls(changes, ({old, letter}) => old.length + letter.member.length)
  const parts = calls.map(async (call) => {
    const args = call.flatMap(({old, letter}) => [old, letter.member])
    const fate = String(await runScript(redis, EDIT, [keys.dead, keys.stats], args))
    return call.flatMap(({letter}, i) => (fate[i] === '1' ? [letter] : []))
  })
  return (await Promise.all(parts)).flat()
}

function edited(letter: Letter, item: Buffer): Letter {
  return new Letter(withItem(letter, item), letter.score)
}
