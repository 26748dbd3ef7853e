import {isUtf8} from 'node:buffer'
import type {Redis} from 'ioredis'
import {findPath} from '../json/path.ts'
import {defineScript, runScript} from '../redis/script.ts'
import type {Letter} from './letter.ts'

/** The text of a letter whose item is another one now; id, cause, priority and history stay. */
export function withItem(letter: Letter, item: Buffer): Buffer {
  if (letter.isOwn) {
    const {payload, payload_base64, history, ...rest} = JSON.parse(letter.member.toString('utf8'))
    const text = isUtf8(item) ? {payload: item.toString('utf8')} : {payload_base64: item.toString('base64')}
    return Buffer.from(JSON.stringify({...rest, ...text, history}))
  }
  const points = findPath(item, ['points'])
  const old = findPath(letter.member, ['points'])
  if (!points || !old || letter.item.equals(letter.member)) return item
  const {member} = letter
  return Buffer.concat([
    member.subarray(0, old.start),
    item.subarray(points.start, points.end),
    member.subarray(old.end),
  ])
}

/*
 * KEYS[1] dead ZSET   ARGV old member, new member, ...
 * Returns how many were there to be replaced; a repeated call finds the new ones and counts them as well.
 */
const EDIT = defineScript(
  'edit',
  `#!lua flags=allow-oom
local count = 0
for i = 1, #ARGV, 2 do
  local score = redis.call('ZSCORE', KEYS[1], ARGV[i])
  if score then
    redis.call('ZADD', KEYS[1], score, ARGV[i + 1])
    if ARGV[i] ~= ARGV[i + 1] then redis.call('ZREM', KEYS[1], ARGV[i]) end
  end
  if score or redis.call('ZSCORE', KEYS[1], ARGV[i + 1]) then count = count + 1 end
end
return count`,
)

/** Replaces letters, each atomically and in its place. @returns how many were still there */
export async function editLetters(
  redis: Redis,
  key: string,
  edits: Array<{letter: Letter; item: Buffer}>,
): Promise<number> {
  if (edits.length === 0) return 0
  const args = edits.flatMap(({letter, item}) => [letter.member, withItem(letter, item)])
  return Number(await runScript(redis, EDIT, [key], args))
}
