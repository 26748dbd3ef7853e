import {randomUUID} from 'node:crypto'
import type {Redis} from 'ioredis'
import type {QueueKeys} from '../../redis/keys.ts'
import {ScriptCall} from '../../redis/script-call.ts'
import type {LeaseBook} from '../lease-book/book.ts'
import {composeScript, type LuaEngine} from '../lua-engine.ts'
import {fenceText, heldKey, type OperationHold, underHold} from '../operation-book/hold.ts'
import {historyField, historyText} from './history.ts'
import type {Letter} from './letter.ts'
import {letterCounting} from './letter-counts.ts'
import {OwnLetterReader} from './own-letter.ts'
import {remembered} from './remembered.ts'

/** How long after the last replay the past failures of items that no worker has finished are kept. */
const HISTORY_MS = 7 * 86_400_000

/*
 * KEYS[1] ready items   KEYS[2] dead ZSET   KEYS[3] history HASH   KEYS[4] stats HASH   KEYS[5] canary HASH
 * KEYS[6] the reply of this call HASH   KEYS[7] the operation that it is part of HASH, if any
 * ARGV[1] how long the history is kept, ms   ARGV[2] run that watches the items, or ""   ARGV[3] fence, or ""
 * ARGV[4..] dead letter, item, score, history field, history text, ...
 * Returns one character per letter: 1 moved, 2 an identical item is ready, 0 the letter no longer exists.
 *
 * Each item is in one of the two places before and after. If an identical item is ready and the engine holds equal
 * items once, the letter stays: added a second time its item would vanish. The last letter comes first if each item
 * is put where it leaves next, so that they leave in the order of the letters.
 */
const REPLAY = composeScript(
  'replay',
  (engine) => `#!lua flags=allow-oom
${engine.put}
${remembered('KEYS[6]')}
${underHold('KEYS[7]', 'ARGV[3]')}
${letterCounting('KEYS[4]')}
local fate, past, marks = {}, {}, {}
for i = ${engine.putsLast ? '4, #ARGV, 5' : '#ARGV - 4, 4, -5'} do
  local n = (i + 1) / 5
  if not redis.call('ZSCORE', KEYS[2], ARGV[i]) then
    fate[n] = '0'
  elseif put(KEYS[1], ARGV[i + 2], ARGV[i + 1]) == 0 then
    fate[n] = '2'
  else
    remove_letter(KEYS[2], ARGV[i])
    past[#past + 1] = ARGV[i + 3]
    past[#past + 1] = ARGV[2] == '' and ARGV[i + 4] or ARGV[2] .. ' ' .. ARGV[i + 4]
    marks[#marks + 1] = ARGV[2] .. ':' .. ARGV[i + 3]
    marks[#marks + 1] = 'open'
    fate[n] = '1'
  end
end
save_counts()
count_change(#past / 2)
if #past > 0 then
  redis.call('HSET', KEYS[3], unpack(past))
  redis.call('PEXPIRE', KEYS[3], ARGV[1])
  if ARGV[2] ~= '' then
    redis.call('HSET', KEYS[5], unpack(marks))
    redis.call('PEXPIRE', KEYS[5], ARGV[1])
  end
end
return remember(table.concat(fate))`,
)

/** The outcome of a replay. */
export interface Replayed {
  /** Letters whose items are back in the queue. */
  moved: Letter[]
  /** Number of letters skipped because an identical item is ready already. */
  waiting: number
  /** Letters that someone else has replayed or purged meanwhile. */
  gone: Letter[]
}

/** Most letters and bytes per call: 1 to 2 ms of Redis's time; a single letter of a MiB takes a few ms. */
const CALL_LETTERS = 100
const CALL_BYTES = 256 * 1024

/**
 * Puts items of dead letters back into the queue, each atomically, with the score it had. qtool's own letters are
 * copied into the bytes of the call without building values: 100,000 mixed letters take 1.5 s of CPU time; with
 * JSON.parse and the arguments of ioredis it was 2.2 s, half of it for garbage collection (medians of 7 rounds, busy
 * machine).
 */
export class Replayer {
  readonly #redis: Redis
  readonly #keys: QueueKeys
  readonly #engine: LuaEngine
  readonly #now: string
  readonly #hold: OperationHold | undefined
  readonly #reader = new OwnLetterReader()
  readonly #spare: ScriptCall[] = []
  readonly #id = randomUUID()
  #calls = 0

  /**
   * @param now the score of items whose letter does not hold one, ms since 1970
   * @param hold of the operation that this is part of
   */
  constructor({redis, keys, engine}: LeaseBook, now: number, hold?: OperationHold) {
    this.#redis = redis
    this.#keys = keys
    this.#engine = engine
    this.#now = String(now)
    this.#hold = hold
  }

  /**
   * Items without a place leave next, in the order of the letters.
   * @param run id of the run that watches these items: workers report the outcome of each under it
   */
  async replay(letters: Letter[], run = ''): Promise<Replayed> {
    const calls: Array<{call: ScriptCall; of: Letter[]}> = []
    for (let at = 0; at < letters.length; ) {
      const call = this.#spare.pop() ?? new ScriptCall()
      call.clear()
      call.addAscii(String(HISTORY_MS))
      call.addAscii(run)
      call.addAscii(fenceText(this.#hold))
      const from = at
      while (at < letters.length && at - from < CALL_LETTERS && call.size < CALL_BYTES) {
        this.#add(call, letters[at++])
      }
      calls.push({call, of: letters.slice(from, at)})
    }
    // As within a call, the last comes first where each is put before the others
    const inOrder = <T>(list: T[]) => (this.#engine.putsLast ? list : list.reverse())
    const replies = await Promise.all(inOrder(inOrder(calls).map(({call, of}) => this.#run(call, of))))
    return {
      moved: replies.flatMap((part) => part.moved),
      waiting: replies.reduce((sum, part) => sum + part.waiting, 0),
      gone: replies.flatMap((part) => part.gone),
    }
  }

  #add(call: ScriptCall, letter: Letter): void {
    const reader = this.#reader
    call.add(letter.member)
    if (!reader.read(letter.member)) {
      this.#addParsed(call, letter)
      return
    }
    const {start, end} = reader.score
    call.add(reader.item, 0, reader.itemEnd)
    call.add(letter.member, start, end)
    call.addAscii(historyField(reader.item.subarray(0, reader.itemEnd)))
    call.add(Buffer.from(reader.history))
  }

  #addParsed(call: ScriptCall, letter: Letter): void {
    call.add(letter.item)
    call.addAscii(letter.itemScore === undefined ? this.#now : String(letter.itemScore))
    call.addAscii(historyField(letter.item))
    call.add(Buffer.from(historyText(letter.history, letter.failure)))
  }

  async #run(call: ScriptCall, letters: Letter[]): Promise<Replayed> {
    const {ready, dead, history, stats, canary, sent} = this.#keys
    const own = [sent(`${this.#id}.${++this.#calls}`), ...heldKey(this.#keys, this.#hold)]
    const names = [ready, dead, history, stats, canary, ...own]
    const fate = String(await call.run(this.#redis, REPLAY(this.#engine), names))
    if (call.size < CALL_BYTES) this.#spare.push(call)
    const ofFate = (wanted: string) => letters.filter((_, i) => fate[i] === wanted)
    return {moved: ofFate('1'), waiting: ofFate('2').length, gone: ofFate('0')}
  }
}

/** Puts items of dead letters back, wherever they are. */
export type LetterReplayer = Pick<Replayer, 'replay'>
