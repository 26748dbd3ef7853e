import type {Redis} from 'ioredis'
import {type QueueKeys, queueKeys} from '../redis/keys.ts'
import {layoutOf} from '../redis/route.ts'
import {defineScript, runScript} from '../redis/script.ts'
import {queueClient} from './open.ts'

/** Messages that are kept: who is further behind has missed some. */
const KEPT_MESSAGES = 20_000

/* KEYS[1] meeting HASH   ARGV[1] plan   ARGV[2] ms until it expires   Returns whether there was none. */
const BEGIN = defineScript(
  'begin-meeting',
  `local known = redis.call('HGET', KEYS[1], 'plan')
if known and known ~= ARGV[1] then return 0 end
redis.call('HSET', KEYS[1], 'plan', ARGV[1])
redis.call('PEXPIRE', KEYS[1], ARGV[2])
return 1`,
)

/*
 * KEYS[1] meeting HASH   ARGV[1] id of the member   ARGV[2] what it says of itself
 * Returns its number, from 0; false if there is no meeting.
 */
const JOIN = defineScript(
  'join-meeting',
  `if redis.call('EXISTS', KEYS[1]) == 0 then return false end
local number = redis.call('HGET', KEYS[1], 'number:' .. ARGV[1])
if not number then
  number = redis.call('HINCRBY', KEYS[1], 'joined', 1) - 1
  redis.call('HSET', KEYS[1], 'number:' .. ARGV[1], number, 'member:' .. number, ARGV[2])
end
return tonumber(number)`,
)

/* KEYS[1] messages STREAM   ARGV[1] message   ARGV[2] most messages   ARGV[3] ms until it expires */
const TELL = defineScript(
  'tell-meeting',
  `redis.call('XADD', KEYS[1], 'MAXLEN', '~', ARGV[2], '*', 'm', ARGV[1])
redis.call('PEXPIRE', KEYS[1], ARGV[3])`,
)

/* KEYS[1] meeting HASH   ARGV[1] number of the member   ARGV[2] its report   Returns whether there still is a meeting. */
const REPORT = defineScript(
  'report-to-meeting',
  `if redis.call('EXISTS', KEYS[1]) == 0 then return 0 end
redis.call('HSET', KEYS[1], 'report:' .. ARGV[1], ARGV[2])
return 1`,
)

/* KEYS[1] meeting HASH   ARGV[1] number of the member   Returns whether there still is a meeting. */
const BEAT = defineScript(
  'beat-in-meeting',
  `if redis.call('EXISTS', KEYS[1]) == 0 then return 0 end
redis.call('HINCRBY', KEYS[1], 'beat:' .. ARGV[1], 1)
return 1`,
)

/** A message to all members, and where it stands among them. */
export interface Heard {
  at: string
  text: string
}

/** Before all messages. */
export const FROM_THE_FIRST = '0'

/** Opens the meeting of a name, which need not have begun. The client that it uses is closed together with `redis`. */
export async function openMeeting(redis: Redis, name: string): Promise<Meeting> {
  const own = await queueClient(redis, {name})
  return new Meeting(own, queueKeys(name, layoutOf(own)))
}

/**
 * Where processes that act together find one another: one begins it, the others join. It ends by itself when its time is
 * over, so that nothing stays after a crash.
 */
export class Meeting {
  readonly #redis: Redis
  /** HASH: `plan`, `joined`, `number:ID`, `member:NUMBER`, `beat:NUMBER`, `report:NUMBER`. In a family that every user's rights cover. */
  readonly #key: string
  /** STREAM: what the one who began it tells the others. */
  readonly #messages: string

  constructor(redis: Redis, keys: QueueKeys) {
    this.#redis = redis
    this.#key = keys.sent('meeting')
    this.#messages = keys.sent('meeting:messages')
  }

  /** @param plan unique; what everybody has to know @param keptMs when it ends by itself @returns false if there is one */
  async begin(plan: string, keptMs: number): Promise<boolean> {
    return (await runScript(this.#redis, BEGIN, [this.#key], [plan, keptMs])) === 1
  }

  /** null if there is no meeting. */
  plan(): Promise<string | null> {
    return this.#redis.hget(this.#key, 'plan')
  }

  /** @param id unique @returns the number of the member, from 0; undefined if there is no meeting */
  async join(id: string, facts: string): Promise<number | undefined> {
    return ((await runScript(this.#redis, JOIN, [this.#key], [id, facts])) as number | null) ?? undefined
  }

  /** What those of the first `most` members said of themselves who have joined. */
  members(most: number): Promise<string[]> {
    return this.#fields('member', most)
  }

  /** Tells all members something. @param keptMs how long it can be heard */
  async tell(text: string, keptMs: number): Promise<void> {
    await runScript(this.#redis, TELL, [this.#messages], [text, KEPT_MESSAGES, keptMs])
  }

  /** What was told since then; waits for the first message, but no longer than `ms`. Occupies the client meanwhile. */
  async hear(since: string, ms: number): Promise<Heard[]> {
    const found = await this.#redis.xread('BLOCK', ms, 'STREAMS', this.#messages, since)
    return (found?.[0]?.[1] ?? []).map(([at, [, text]]) => ({at, text}))
  }

  /** Shows that a member is alive. @returns false if the meeting is over */
  async beat(number: number): Promise<boolean> {
    return (await runScript(this.#redis, BEAT, [this.#key], [String(number)])) === 1
  }

  /** How often each of the first `most` members has shown that it is alive. */
  async beats(most: number): Promise<number[]> {
    const names = Array.from({length: most}, (_, number) => `beat:${number}`)
    return (await this.#redis.hmget(this.#key, ...names)).map(Number)
  }

  /** @returns false if the meeting is over */
  async report(number: number, text: string): Promise<boolean> {
    return (await runScript(this.#redis, REPORT, [this.#key], [String(number), text])) === 1
  }

  /** Numbers of the members that have reported. */
  async reporters(): Promise<number[]> {
    const fields = await this.#redis.hkeys(this.#key)
    return fields.flatMap((field) =>
      field.startsWith('report:') ? Number(field.slice('report:'.length)) : [],
    )
  }

  /** The reports of the first `most` members, if any. */
  reports(most: number): Promise<string[]> {
    return this.#fields('report', most)
  }

  /** Removes everything. */
  async end(): Promise<void> {
    await this.#redis.del(this.#key, this.#messages)
  }

  async #fields(kind: string, most: number): Promise<string[]> {
    const names = Array.from({length: most}, (_, number) => `${kind}:${number}`)
    return (await this.#redis.hmget(this.#key, ...names)).flatMap((text) => text ?? [])
  }
}
