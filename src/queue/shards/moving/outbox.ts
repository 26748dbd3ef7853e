import type {Redis} from 'ioredis'
import {confirm} from '../../../redis/durability.ts'
import {defineScript, runScript, runScriptBuffer} from '../../../redis/script.ts'
import {letterCounting} from '../../letters/letter-counts.ts'
import {parseScore} from '../../letters/letter-range.ts'
import type {Member} from '../shard-set.ts'

/** What is moved: ready items, or dead letters. */
export type Moved = 'ready' | 'dead'

/** Some members of a sorted set in transit, under a number that rises: they are nowhere else until they have arrived. */
export interface Outbox {
  number: number
  members: Array<{member: Buffer; score: number}>
}

/** Another process moves items by a later map. */
export class SupersededError extends Error {}

/** Lua: refuses a mover with an older map than that of the shard, whose binding is the second key. */
const CURRENT = `
if tonumber(redis.call('HGET', KEYS[2], 'epoch') or 0) > tonumber(ARGV[1]) then
  return redis.error_reply('SUPERSEDED by a later map')
end`

/** Lua: `leave(member)` and `arrive(score, member)`, with the counts of dead letters. The stats are the fourth key. */
const STEPS: Record<Moved, string> = {
  ready: `
local function leave(member) redis.call('ZREM', KEYS[1], member) end
local function arrive(score, member) return redis.call('ZADD', KEYS[1], 'NX', score, member) end
local function save_counts() end`,
  dead: `
${letterCounting('KEYS[4]')}
local function leave(member) remove_letter(KEYS[1], member) end
local function arrive(score, member) return add_letter(KEYS[1], score, member) and 1 or 0 end`,
}

/*
 * KEYS[1] from ZSET   KEYS[2] binding HASH   KEYS[3] outbox ZSET   KEYS[4] stats HASH
 * ARGV[1] epoch   ARGV[2] what is moved   ARGV[3..] members
 * Moves those that are still there into the outbox, unless that holds others: those have to arrive first.
 */
const pack = (moved: Moved) =>
  defineScript(
    `pack ${moved}`,
    `#!lua flags=allow-oom
${CURRENT}
if redis.call('EXISTS', KEYS[3]) == 1 then return 0 end
${STEPS[moved]}
local packed = 0
for i = 3, #ARGV do
  local score = redis.call('ZSCORE', KEYS[1], ARGV[i])
  if score then
    redis.call('ZADD', KEYS[3], score, ARGV[i])
    leave(ARGV[i])
    packed = packed + 1
  end
end
save_counts()
if packed > 0 then
  redis.call('HINCRBY', KEYS[2], 'outbox_' .. ARGV[2], 1)
  redis.call('HINCRBY', KEYS[4], 'moved_out_' .. ARGV[2], packed)
end
return packed`,
  )

/*
 * KEYS[1] outbox ZSET   KEYS[2] binding HASH   ARGV[1] what is moved
 * Returns its number, member, score, ...
 */
const LOOK = defineScript(
  'look into outbox',
  `#!lua flags=no-writes
local all = redis.call('ZRANGE', KEYS[1], 0, -1, 'WITHSCORES')
table.insert(all, 1, redis.call('HGET', KEYS[2], 'outbox_' .. ARGV[1]) or '0')
return all`,
)

/*
 * KEYS[1] to ZSET   KEYS[2] binding HASH   KEYS[3] unused   KEYS[4] stats HASH
 * ARGV[1] epoch   ARGV[2] what is moved   ARGV[3] shard from which they come   ARGV[4] number of the outbox
 * ARGV[5..] score, member, ...
 * Adds them, unless those of this number or a later one have arrived already.
 */
const arrive = (moved: Moved) =>
  defineScript(
    `arrive ${moved}`,
    `#!lua flags=allow-oom
${CURRENT}
local field = 'arrived_' .. ARGV[2] .. '_' .. ARGV[3]
local epoch, number = string.match(redis.call('HGET', KEYS[2], field) or '0 0', '^(%d+) (%d+)$')
if epoch == ARGV[1] and tonumber(number) >= tonumber(ARGV[4]) then return 0 end
${STEPS[moved]}
local added, sent = 0, 0
for i = 5, #ARGV, 2 do
  added = added + arrive(ARGV[i], ARGV[i + 1])
  sent = sent + 1
end
save_counts()
redis.call('HSET', KEYS[2], field, ARGV[1] .. ' ' .. ARGV[4])
redis.call('HINCRBY', KEYS[4], 'moved_in_' .. ARGV[2], added)
if added < sent then redis.call('HINCRBY', KEYS[4], 'moved_collapsed_' .. ARGV[2], sent - added) end
return added`,
  )

/*
 * KEYS[1] outbox ZSET   KEYS[2] binding HASH   ARGV[1] what is moved   ARGV[2] number
 * Empties the outbox whose members have arrived.
 */
const EMPTY = defineScript(
  'empty outbox',
  `#!lua flags=allow-oom
if redis.call('HGET', KEYS[2], 'outbox_' .. ARGV[1]) == ARGV[2] then redis.call('UNLINK', KEYS[1]) end
return 1`,
)

const PACK = {ready: pack('ready'), dead: pack('dead')}
const ARRIVE = {ready: arrive('ready'), dead: arrive('dead')}

const outboxKey = ({keys}: Member, moved: Moved) => keys.lease(`moving_${moved}`)

/** Moves members of a set that are still there into the outbox of their shard, if that is empty. */
export async function packOutbox(
  from: Member,
  moved: Moved,
  epoch: number,
  members: readonly Buffer[],
): Promise<void> {
  const {redis, keys} = from
  const names = [keys[moved], keys.sink, outboxKey(from, moved), keys.stats]
  await current(runScript(redis, PACK[moved], names, [epoch, moved, ...members]))
}

/** What is in the outbox of a shard; undefined if nothing is. */
export async function lookIntoOutbox(from: Member, moved: Moved): Promise<Outbox | undefined> {
  const names = [outboxKey(from, moved), from.keys.sink]
  const [number, ...all] = (await runScriptBuffer(from.redis, LOOK, names, [moved])) as Buffer[]
  if (all.length === 0) return undefined
  const members = Array.from({length: all.length / 2}, (_, i) => ({
    member: all[2 * i],
    score: parseScore(all[2 * i + 1].toString()),
  }))
  return {number: Number(number), members}
}

/**
 * Puts a part of an outbox where it belongs, once however often it is called.
 * @throws NotConfirmedError if it is not as durable as was asked for; the outbox is not to be emptied then
 */
export async function arriveFrom(
  shard: number,
  to: Member,
  moved: Moved,
  {epoch, number, members}: Outbox & {epoch: number},
): Promise<void> {
  const {redis, keys} = to
  const pairs = members.flatMap(({member, score}) => [scoreText(score), member])
  const names = [keys[moved], keys.sink, keys.lease('moving'), keys.stats]
  await current(runScript(redis, ARRIVE[moved], names, [epoch, moved, shard, number, ...pairs]))
  await confirm(redis, to.book.durability)
}

export async function emptyOutbox(from: Member, moved: Moved, number: number): Promise<void> {
  await runScript(from.redis, EMPTY, [outboxKey(from, moved), from.keys.sink], [moved, number])
}

/** How many members are in the outbox of a shard. */
export async function countOutbox(redis: Redis, member: Member): Promise<number> {
  const counts = await Promise.all([
    redis.zcard(outboxKey(member, 'ready')),
    redis.zcard(outboxKey(member, 'dead')),
  ])
  return counts[0] + counts[1]
}

function scoreText(score: number): string {
  if (Number.isFinite(score)) return String(score)
  return score > 0 ? '+inf' : '-inf'
}

async function current<T>(call: Promise<T>): Promise<T> {
  return call.catch((error: unknown) => {
    if (error instanceof Error && error.message.startsWith('SUPERSEDED')) throw new SupersededError()
    throw error
  })
}
