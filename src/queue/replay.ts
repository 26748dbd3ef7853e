import type {Redis} from 'ioredis'
import type {QueueKeys} from '../redis/keys.ts'
import {defineScript, runScript} from '../redis/script.ts'
import {historyField, historyText} from './history.ts'
import type {Letter} from './letter.ts'
import {inCalls} from './letter-calls.ts'

/** Past failures of items that nobody has replayed for so long are forgotten. */
const HISTORY_MS = 30 * 86_400_000

/*
 * KEYS[1] ready ZSET   KEYS[2] dead ZSET   KEYS[3] history HASH
 * ARGV[1] how long the history is kept, ms   ARGV[2..] dead letter, item, score, history field, history text, ...
 * Returns one character a letter: 1 moved, 2 an identical item is ready, 0 no such letter any more.
 *
 * Each item is in one of the two sets before and after. One that is ready already stays a dead letter: added a
 * second time it would vanish, since a sorted set holds equal items once.
 */
const REPLAY = defineScript(
  'replay',
  `#!lua flags=allow-oom
local fate, past = {}, {}
for i = 2, #ARGV, 5 do
  if redis.call('ZADD', KEYS[1], 'NX', ARGV[i + 2], ARGV[i + 1]) == 0 then
    fate[#fate + 1] = redis.call('ZSCORE', KEYS[2], ARGV[i]) and '2' or '0'
  elseif redis.call('ZREM', KEYS[2], ARGV[i]) == 0 then
    redis.call('ZREM', KEYS[1], ARGV[i + 1])
    fate[#fate + 1] = '0'
  else
    past[#past + 1] = ARGV[i + 3]
    past[#past + 1] = ARGV[i + 4]
    fate[#fate + 1] = '1'
  end
end
if #past > 0 then
  redis.call('HSET', KEYS[3], unpack(past))
  redis.call('PEXPIRE', KEYS[3], ARGV[1])
end
return table.concat(fate)`,
)

/** What became of the letters of a replay. */
export interface Replayed {
  /** Back in the queue. */
  moved: Letter[]
  /** Left, because an identical item is ready already. */
  waiting: number
  /** Somebody else has replayed or purged them meanwhile. */
  gone: Letter[]
}

/**
 * Puts items of dead letters back into the queue, each atomically, under the score they had.
 * @param now score of those whose letter does not tell, ms since 1970
 */
export async function replayLetters(
  redis: Redis,
  keys: QueueKeys,
  letters: Letter[],
  now: number,
): Promise<Replayed> {
  const calls = inCalls(letters, ({member}) => member.length * 2).map((part) =>
    replayCall(redis, keys, part, now),
  )
  const parts = await Promise.all(calls)
  return {
    moved: parts.flatMap((part) => part.moved),
    waiting: parts.reduce((sum, part) => sum + part.waiting, 0),
    gone: parts.flatMap((part) => part.gone),
  }
}

async function replayCall(redis: Redis, keys: QueueKeys, letters: Letter[], now: number): Promise<Replayed> {
  const args = letters.flatMap((letter) => {
    const {item} = letter
    const history = historyText(letter.history, letter.failure)
    return [letter.member, item, letter.itemScore ?? now, historyField(item), history]
  })
  const names = [keys.ready, keys.dead, keys.history]
  const fate = String(await runScript(redis, REPLAY, names, [HISTORY_MS, ...args]))
  return {
    moved: letters.filter((_, i) => fate[i] === '1'),
    waiting: fate.split('2').length - 1,
    gone: letters.filter((_, i) => fate[i] === '0'),
  }
}
