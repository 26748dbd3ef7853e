import type {Redis} from 'ioredis'
import type {QueueKeys} from '../redis/keys.ts'
import {defineScript, runScript} from '../redis/script.ts'
import {historyField, historyText} from './history.ts'
import type {Letter} from './letter.ts'

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
  gone: number
}

/** Most letters and bytes of one call: about a ms of Redis's time, in which the next one is put together. */
const CALL_LETTERS = 100
const CALL_BYTES = 1024 * 1024

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
  const calls = inCalls(letters).map((part) => replayCall(redis, keys, part, now))
  const parts = await Promise.all(calls)
  return {
    moved: parts.flatMap((part) => part.moved),
    waiting: parts.reduce((sum, part) => sum + part.waiting, 0),
    gone: parts.reduce((sum, part) => sum + part.gone, 0),
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
    gone: fate.split('0').length - 1,
  }
}

function inCalls(letters: Letter[]): Letter[][] {
  const calls: Letter[][] = []
  let bytes = CALL_BYTES
  for (const letter of letters) {
    if (bytes >= CALL_BYTES || calls[calls.length - 1].length === CALL_LETTERS) {
      calls.push([])
      bytes = 0
    }
    calls[calls.length - 1].push(letter)
    bytes += letter.member.length * 2
  }
  return calls
}
