import type {Redis} from 'ioredis'
import {messageOf, QtoolError} from '../errors.ts'
import type {QueueKeys} from '../redis/keys.ts'
import {findBrokenCounter} from './broken-key.ts'

const SORTED_SET = {type: 'zset', name: 'sorted set'}
const HASH = {type: 'hash', name: 'hash'}

/** The type that each key of a queue must have. */
const WANTED: Array<
  [
    keyof QueueKeys &
      (
        | 'ready'
        | 'dead'
        | 'leases'
        | 'attempts'
        | 'stats'
        | 'workers'
        | 'history'
        | 'canary'
        | 'trash'
        | 'sink'
        | 'operations'
        | 'runners'
      ),
    {type: string; name: string},
  ]
> = [
  ['ready', SORTED_SET],
  ['dead', SORTED_SET],
  ['leases', SORTED_SET],
  ['attempts', HASH],
  ['stats', HASH],
  ['workers', HASH],
  ['history', HASH],
  ['canary', HASH],
  ['trash', HASH],
  ['sink', HASH],
  ['operations', SORTED_SET],
  ['runners', SORTED_SET],
]

/** Names the counter that Redis could not count up because it holds no number; otherwise the error itself. */
async function nameBrokenCounter(redis: Redis, {stats}: QueueKeys, error: unknown): Promise<unknown> {
  if (!(error instanceof Error) || !/hash value is not an integer/.test(error.message)) return error
  const fields = await redis.hgetall(stats).catch(() => ({}))
  return findBrokenCounter(stats, Object.entries(fields)) ?? error
}

/** A key of a queue that another program uses for something else. */
export interface WrongType {
  key: string
  /** As TYPE of Redis names it. */
  found: string
  /** For people. */
  wanted: string
}

/** The first key of a queue that has a wrong type, after WRONGTYPE: Redis does not name it. */
export async function findWrongType(redis: Redis, keys: QueueKeys): Promise<WrongType | undefined> {
  for (const [name, wanted] of WANTED) {
    const found = await redis.type(keys[name]).catch(() => 'none')
    if (found !== 'none' && found !== wanted.type) return {key: keys[name], found, wanted: wanted.name}
  }
  return undefined
}

export function isWrongType(error: unknown): error is Error {
  return error instanceof Error && /\bWRONGTYPE\b/.test(error.message)
}

/**
 * Returns the error itself, or for WRONGTYPE one that names the key and its type, which Redis does not.
 */
async function nameWrongType(redis: Redis, keys: QueueKeys, error: unknown): Promise<unknown> {
  const wrong = isWrongType(error) ? await findWrongType(redis, keys) : undefined
  if (!wrong) return error
  const said = error instanceof QtoolError ? `${messageOf(error)}: ` : ''
  return new QtoolError(`${said}key ${wrong.key} is a ${wrong.found}, not a ${wrong.wanted}`, {
    code: 'WRONGTYPE',
    suggestions: ['another program uses this key; name another queue with -q, or rename the key'],
    cause: error,
  })
}

/** The error itself, or one that names the key of a queue at fault if Redis said that it cannot work with one. */
export async function nameBrokenKey(redis: Redis, keys: QueueKeys, error: unknown): Promise<unknown> {
  return nameWrongType(redis, keys, await nameBrokenCounter(redis, keys, error))
}
