import {createHash, randomUUID} from 'node:crypto'
import type {Redis} from 'ioredis'
import {answerKey} from '../redis/keys.ts'
import {clientFor, layoutOf} from '../redis/route.ts'
import {defineScript, runScript} from '../redis/script.ts'

/** An answer as it was sent. */
export interface Answer {
  status: number
  body: string
}

/** What is known under a key. */
export type Known =
  /** Nobody has used the key: the request is ours to answer. */
  | {state: 'new'}
  /** The same or another request under this key has not been answered yet. */
  | {state: 'running'}
  /** @param request identifies the request that was answered, see `Begun.finish` */
  | {state: 'answered'; request: string; answer: Answer}

/** A request that is being answered. */
export interface Begun {
  /** Keeps the answer for a day. @param request identifies the request: a hash of all that it said */
  finish(request: string, answer: Answer): Promise<void>
  /** Lets the same request be tried again, since it was not answered for good. */
  forget(): Promise<void>
}

/** How long an answer is kept, ms. */
const KEPT_MS = 24 * 3_600_000

/** How long a request counts as running after its process has died, ms; it says so again three times as often. */
const RUNNING_MS = 60_000

/* KEYS[1] STRING of a key   ARGV[1] mark: removes it if it is still this mark. */
const WITHDRAW = defineScript(
  'withdraw',
  `#!lua
if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end
return 0`,
)

/** Remembers answers by keys that clients choose, so that a request that is sent twice acts once. */
export class AnswerBook {
  readonly #redis: Redis

  constructor(redis: Redis) {
    this.#redis = redis
  }

  /** Claims a key for a request, or tells what is known under it. */
  async begin(key: string): Promise<{known: Known; begun?: Begun}> {
    const name = answerKey(createHash('sha256').update(key).digest('hex'), layoutOf(this.#redis))
    const redis = await clientFor(this.#redis, name)
    const mark = `running ${randomUUID()}`
    const set = await redis.set(name, mark, 'PX', RUNNING_MS, 'NX').catch((error: unknown) => {
      // It may arrive late, and nobody would answer under it
      void withdraw(redis, name, mark)
      throw error
    })
    // The driver may have sent the command twice after a cut: then the mark is there already, and it is ours
    const found = set === 'OK' ? mark : await redis.get(name)
    if (found === null) return this.begin(key)
    return found === mark ? {known: {state: 'new'}, begun: running(redis, name)} : {known: parse(found)}
  }
}

async function withdraw(redis: Redis, name: string, mark: string): Promise<void> {
  await runScript(redis, WITHDRAW, [name], [mark]).catch(() => {})
}

function running(redis: Redis, name: string): Begun {
  const timer = setInterval(() => void redis.pexpire(name, RUNNING_MS).catch(() => {}), RUNNING_MS / 3)
  timer.unref()
  return {
    finish: async (request, answer) => {
      clearInterval(timer)
      await redis.set(name, JSON.stringify({request, answer}), 'PX', KEPT_MS)
    },
    forget: async () => {
      clearInterval(timer)
      await redis.del(name)
    },
  }
}

function parse(text: string): Known {
  if (text.startsWith('running')) return {state: 'running'}
  return {state: 'answered', ...(JSON.parse(text) as {request: string; answer: Answer})}
}
