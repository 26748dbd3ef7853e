import type {Redis} from 'ioredis'
import type {QueueAddress} from '../config/queue-said.ts'
import {groupOfQueue} from '../redis/consumer-groups.ts'
import {unlessDenied} from '../redis/denied.ts'
import {type QueueKeys, queueKeys} from '../redis/keys.ts'
import {layoutOf} from '../redis/route.ts'
import type {Engine} from './engine-calls.ts'
import {type QueueHome, readHome} from './home.ts'
import type {EngineKind} from './kinds.ts'
import {LISTS} from './list/list.ts'
import type {ListEnd} from './list/list-lua.ts'
import {isKind, isMeantAsList, keyOf, kindOf, popsOf} from './said.ts'
import {assertSameSlot} from './same-slot.ts'
import {STREAM, streamEngine} from './stream/stream.ts'
import {nameBrokenKey} from './wrong-type.ts'
import {ZSET} from './zset/zset.ts'

/** What a queue is: where its items are, and how they are kept. */
export interface ResolvedQueue {
  redis: Redis
  name: string
  keys: QueueKeys
  engine: Engine
  /** Whether it is a list whose popped end is unknown. */
  isUndirected: boolean
  /** The type of the key of its ready items, as Redis names it; null if this user may not ask. */
  type: string | null
  /** Whether there is nothing yet that says what it is. */
  isEarly: boolean
  /** What was written down of it. */
  home: QueueHome
  /** What is to be written down before it is changed, so that its name alone finds it. */
  news: QueueHome
}

/**
 * Finds out what a queue is: from the settings, what was recorded at its first use, and the type of its key. A user
 * who may not ask Redis for these works on a sorted set.
 * @param redis the client that reaches its keys
 * @throws QtoolError (usage) if they contradict each other, or for an impossible name
 */
export async function resolveQueue(redis: Redis, {name, ...said}: QueueAddress): Promise<ResolvedQueue> {
  const layout = layoutOf(redis)
  const usual = queueKeys(name, layout)
  if (said.key !== undefined && layout === 'cluster') assertSameSlot(name, said.key, usual.ready)
  const [written, usualType] = await Promise.all([
    unlessDenied(readHome(redis, usual)).catch(async (error: unknown) => {
      throw await nameBrokenKey({redis, keys: usual, engine: ZSET.lua}, error)
    }),
    unlessDenied(redis.type(usual.ready)),
  ])
  const home = written ?? {}
  const known = {name, said, home}
  const key = keyOf(known, {key: usual.ready, type: usualType})
  const keys = key === undefined ? usual : queueKeys(name, layout, key)
  const type = key === undefined ? usualType : await unlessDenied(redis.type(key))
  const kind = kindOf(known, {key: keys.ready, type})
  const pops = popsOf(known, kind)
  const isSaid = Object.values(said).some((one) => one !== undefined)
  const isTold = (said.engine ?? said.usualEngine) !== undefined || isMeantAsList(said)
  const isKnown = (isSaid || kind !== 'zset') && (isKind(type) || isTold)
  return {
    redis,
    name,
    keys,
    engine: kind === 'stream' && key !== undefined ? streamEngine(groupOfQueue(name)) : engineOf(kind, pops),
    isUndirected: kind === 'list' && pops === undefined,
    type,
    isEarly: type === 'none' && !isTold && home.engine === undefined && home.shards === undefined,
    home,
    news: unwritten(home, {ready_key: key, engine: isKnown ? kind : undefined, list_pops: pops}),
  }
}

function engineOf(kind: EngineKind, pops: ListEnd | undefined): Engine {
  if (kind === 'list') return LISTS[pops ?? 'left']
  return kind === 'stream' ? STREAM : ZSET
}

/** What is known now, without what was written down before. */
function unwritten(home: QueueHome, known: QueueHome): QueueHome {
  const fields = Object.entries(known) as Array<[keyof QueueHome, string | undefined]>
  return Object.fromEntries(
    fields.filter(([field, value]) => value !== undefined && home[field] === undefined),
  )
}
