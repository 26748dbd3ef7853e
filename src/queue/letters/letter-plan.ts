import type {Redis} from 'ioredis'
import type {QueueKeys} from '../../redis/keys.ts'
import {defineScript, runScript} from '../../redis/script.ts'
import type {Letter} from './letter.ts'
import {failedAfter, laterRanges} from './letter-time.ts'

/**
 * The moment at which a bulk command counted the dead letters. It acts only on those: letters that come in while it
 * waits for an answer or runs are left alone.
 */
export interface LetterPlan {
  /** ms since 1970 by the clock of Redis. */
  at: number
  /** Leases that workers held at that moment: their letters have the time the lease was taken, but come in later. */
  leases: ReadonlySet<string>
}

/*
 * KEYS[1] leases ZSET
 * Returns seconds, microseconds, lease, ... In one step, so that no lease is settled in between; a transaction would be
 * refused by a full Redis.
 */
const PLAN = defineScript(
  'plan',
  `#!lua flags=no-writes
local plan = redis.call('TIME')
for _, lease in ipairs(redis.call('ZRANGE', KEYS[1], 0, -1)) do plan[#plan + 1] = lease end
return plan`,
)

/** Makes a plan for now. */
export async function planLetters(redis: Redis, keys: QueueKeys): Promise<LetterPlan> {
  const [seconds, micros, ...leases] = (await runScript(redis, PLAN, [keys.leases], [])) as string[]
  return {at: Number(seconds) * 1000 + Number(micros) / 1000, leases: new Set(leases)}
}

/** Whether a letter came in after the plan was made, or has a later time because a clock was ahead. */
export function cameLater({at, leases}: LetterPlan, letter: Letter): boolean {
  if (failedAfter(letter.score, at)) return true
  if (leases.size === 0) return false
  const lease = LEASE.exec(letter.member.toString('latin1', 0, HEAD_BYTES))?.[1] ?? ''
  for (let end = lease.length; end > 0; end = lease.lastIndexOf('.', end - 1)) {
    if (leases.has(lease.slice(0, end))) return true
  }
  return false
}

/** Enough for the mark, and an id with the time, a lease and many suffixes. */
const HEAD_BYTES = 256

/**
 * The id of a lease, `UUID~TURN`, within that of a letter; a lease that was split off or postponed has dotted
 * suffixes. It is read from the first bytes, so that a replay of everything need not parse letters.
 */
const LEASE = /^\{"qtool":1,"id":"[0-9a-z]+-([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}~\d+(?:\.\w+)*):/

/** The ranges of scores of letters that failed after a plan, as arguments for Redis: from, below, ... */
export function scoresAfter({at}: LetterPlan): string[] {
  return laterRanges(at).flatMap(({from, until}) => [`(${from}`, `(${until}`])
}

/* KEYS[1] dead ZSET   ARGV[1..] scores after the plan: above, below, ... */
const COUNT_PLANNED = defineScript(
  'count-planned',
  `#!lua flags=no-writes
local count = redis.call('ZCARD', KEYS[1])
for i = 1, #ARGV, 2 do count = count - redis.call('ZCOUNT', KEYS[1], ARGV[i], ARGV[i + 1]) end
return count`,
)

/** How many letters of a queue the plan covers, by their time alone. */
export async function countPlanned(redis: Redis, keys: QueueKeys, plan: LetterPlan): Promise<number> {
  return Number(await runScript(redis, COUNT_PLANNED, [keys.dead], scoresAfter(plan)))
}
