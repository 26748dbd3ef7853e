import {messageOf, QtoolError} from '../errors.ts'
import type {QueueKeys} from '../redis/keys.ts'
import {findBrokenCounter} from './broken-key.ts'
import type {EngineKind} from './kinds.ts'
import type {LeaseBook} from './lease-book/book.ts'
import {isKind} from './said.ts'

const SORTED_SET = {type: 'zset', name: 'sorted set'}
/** What the key of ready items may be. */
const ANY_KIND = 'sorted set, list or stream'
const HASH = {type: 'hash', name: 'hash'}

/** The type of the ready items of each kind of queue. */
const READY: Record<EngineKind, {type: string; name: string}> = {
  zset: SORTED_SET,
  list: {type: 'list', name: 'list'},
  stream: {type: 'stream', name: 'stream'},
}

/** The type that each other key of a queue must have. */
const WANTED: Array<
  [
    keyof QueueKeys &
      (
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
async function nameBrokenCounter({redis, keys: {stats}}: LeaseBook, error: unknown): Promise<unknown> {
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
export async function findWrongType({redis, keys, engine}: LeaseBook): Promise<WrongType | undefined> {
  const others = WANTED.map(([name, wanted]) => [keys[name], wanted] as const)
  for (const [key, wanted] of [[keys.ready, READY[engine.kind]] as const, ...others]) {
    const found = await redis.type(key).catch(() => 'none')
    if (found === 'none' || found === wanted.type) continue
    return {key, found, wanted: key === keys.ready && !isKind(found) ? ANY_KIND : wanted.name}
  }
  return undefined
}

export function isWrongType(error: unknown): error is Error {
  return error instanceof Error && /\bWRONGTYPE\b/.test(error.message)
}

/**
 * Returns the error itself, or for WRONGTYPE one that names the key and its type, which Redis does not.
 */
async function nameWrongType(book: LeaseBook, error: unknown): Promise<unknown> {
  const wrong = isWrongType(error) ? await findWrongType(book) : undefined
  if (!wrong) return error
  const said = error instanceof QtoolError ? `${messageOf(error)}: ` : ''
  const isLate = wrong.key === book.keys.ready && isKind(wrong.found)
  const message = `${said}key ${wrong.key} is a ${wrong.found}, not a ${wrong.wanted}`
  return wrongType(message, error, isLate ? becameLate(wrong.found) : ANOTHER_PROGRAM)
}

/**
 * @param type the type of the key of ready items, as Redis names it
 * @throws QtoolError (failure) if no queue can have it: nothing is to be written down of such a key
 */
export function assertQueueType(key: string, type: string | null): void {
  if (type === null || type === 'none' || isKind(type)) return
  throw wrongType(`key ${key} is a ${type}, not a ${ANY_KIND}`)
}

const ANOTHER_PROGRAM = 'another program uses this key; name another queue with -q, or rename the key'

const becameLate = (found: string) =>
  `it became one after this command had looked; run the command again to use the queue as a ${found}`

function wrongType(message: string, cause?: unknown, advice = ANOTHER_PROGRAM): QtoolError {
  return new QtoolError(message, {code: 'WRONGTYPE', suggestions: [advice], cause})
}

/** The error itself, or one that names the key of a queue at fault if Redis said that it cannot work with one. */
export async function nameBrokenKey(book: LeaseBook, error: unknown): Promise<unknown> {
  return nameWrongType(book, await nameBrokenCounter(book, error))
}
