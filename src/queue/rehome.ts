import type {Redis} from 'ioredis'
import type {QueueAddress} from '../config/queue-said.ts'
import {QtoolError, usageError} from '../errors.ts'
import {type QueueKeys, queueKeys} from '../redis/keys.ts'
import {layoutOf} from '../redis/route.ts'
import {defineScript, runScript} from '../redis/script.ts'
import type {QueueHome} from './home.ts'
import {redisNow} from './letters/letter-scan.ts'
import {type ResolvedQueue, resolveQueue} from './resolve.ts'
import {isKind} from './said.ts'
import {livingWorkers} from './worker-state.ts'

/** What of a queue may be changed later. */
type Place = Required<{[F in 'ready_key' | 'engine' | 'list_pops']: QueueHome[F] | ''}>

/*
 * KEYS[1] binding HASH   KEYS[2] ready items, where they are so far   KEYS[3] leases ZSET
 * ARGV[1] 1 if KEYS[2] must not exist   ARGV[2..] field, value, ...; an empty value removes the field
 * Returns 'done', or what stands in the way: 'items' or 'leases'.
 */
const REHOME = defineScript(
  'rehome',
  `if redis.call('ZCARD', KEYS[3]) > 0 then return 'leases' end
if ARGV[1] == '1' and redis.call('EXISTS', KEYS[2]) == 1 then return 'items' end
for i = 2, #ARGV, 2 do
  if ARGV[i + 1] == '' then redis.call('HDEL', KEYS[1], ARGV[i])
  else redis.call('HSET', KEYS[1], ARGV[i], ARGV[i + 1]) end
end
return 'done'`,
)

/**
 * Corrects in which key a queue has its items, and from which end a list is popped, if that was set wrongly
 * before. Dead letters, counters and the table stay.
 * @param redis the client that reaches its keys
 * @returns whether anything changed
 * @throws QtoolError (refused) if items, leases or workers would stay with the old key, (usage) for a spread queue
 */
export async function rehomeQueue(redis: Redis, {name, ...said}: QueueAddress): Promise<boolean> {
  const now = await resolveQueue(redis, {name})
  const place = await placeSaid(now, said)
  const fields = Object.entries(place) as Array<[keyof Place, string]>
  if (fields.every(([field, value]) => value === (now.home[field] ?? ''))) return false
  if (now.home.shards !== undefined)
    throw usageError(`queue ${name} is spread over shards, which have their own keys`)
  const moves = place.ready_key !== (now.home.ready_key ?? '')
  await assertNoneLeft(now, moves)
  const isOurs = moves && now.engine.lua.kind !== 'stream'
  const args = [isOurs ? 1 : 0, ...fields.flat()]
  const {sink, ready, leases} = now.keys
  const reply = String(await runScript(redis, REHOME, [sink, ready, leases], args))
  if (reply !== 'done')
    throw inTheWay(now, reply === 'items' ? 'it holds items' : 'workers hold leases of it')
  return true
}

/** A list in another key may be popped from another end, so that must be set again. */
async function placeSaid(
  {redis, name, home}: ResolvedQueue,
  said: Omit<QueueAddress, 'name'>,
): Promise<Place> {
  const usual: QueueKeys = queueKeys(name, layoutOf(redis))
  const key = said.key ?? home.ready_key ?? usual.ready
  const isSame = key === (home.ready_key ?? usual.ready)
  const type = await redis.type(key)
  const kind = isKind(type) ? type : (said.engine ?? (isSame ? home.engine : undefined))
  const pops = said.listPops ?? (isSame ? home.list_pops : said.usuallyPops)
  return {
    ready_key: key === usual.ready ? '' : key,
    engine: kind ?? '',
    list_pops: kind === undefined || kind === 'list' ? (pops ?? '') : '',
  }
}

/** @throws QtoolError (refused) */
async function assertNoneLeft(now: ResolvedQueue, moves: boolean): Promise<void> {
  const {redis, keys, engine} = now
  const [ready, texts, nowMs] = await Promise.all([
    moves ? engine.calls.depth(redis, keys) : 0,
    redis.hvals(keys.workers),
    redisNow(redis),
  ])
  const workers = livingWorkers(texts, nowMs).length
  if (workers > 0)
    throw inTheWay(now, `${workers} worker ${workers === 1 ? 'process drains' : 'processes drain'} it`)
  if (ready > 0) throw inTheWay(now, `it holds ${ready} ${ready === 1 ? 'item' : 'items'}`)
}

function inTheWay({name, keys}: ResolvedQueue, why: string): QtoolError {
  return new QtoolError(`queue ${name} stays with key ${keys.ready}: ${why}`, {
    code: 'LEFT_BEHIND',
    kind: 'refused',
    suggestions: [
      `stop its workers, and drain it first: qtool work -q ${name} --until-empty`,
      'or give the other key a queue of its own: -q NAME',
    ],
  })
}
