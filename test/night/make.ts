import type {Redis} from 'ioredis'
import type {Pool} from 'pg'
import type {QueueKeys} from '../../src/redis/keys.ts'
import {FOREIGN, kindOf, nameOf, PRODUCERS, type Producer, SCHEMA} from './kinds.ts'

/** What a producer made. */
export interface Feed {
  /** Good records, each of which becomes a row. */
  good: number
  /** How many bad records there are of each kind of the producer. */
  bad: Record<string, number>
}

/** The parts of a night that each producer has. */
const PARTS = {orders: 0.6, payments: 0.25, positions: 0.15}
const FOREIGN_PART = 0.01

/** Pieces of one call to Redis. */
const PIECE = 2000

/** Makes the tables, and fills the queues as producers do that know nothing of qtool. */
export async function makeNight(
  {redis, pool}: {redis: Redis; pool: Pool},
  {items, keys}: {items: number; keys: Record<string, QueueKeys>},
): Promise<Record<string, Feed>> {
  await pool.query(SCHEMA)
  const feeds: Record<string, Feed> = {}
  for (const [name, producer] of Object.entries(PRODUCERS)) {
    const many = Math.round(items * PARTS[name as keyof typeof PARTS])
    feeds[name] = await feed(redis, keys[name].ready, producer, many)
    await addForeign(redis, keys[name].dead, name, Math.round(items * FOREIGN_PART))
  }
  return feeds
}

async function feed(redis: Redis, key: string, producer: Producer, many: number): Promise<Feed> {
  const made: Feed = {good: 0, bad: {}}
  await inPieces(redis, key, many, (n) => {
    const kind = kindOf(producer, n)
    if (kind) made.bad[kind] = (made.bad[kind] ?? 0) + 1
    made.good += producer.records - (kind ? 1 : 0)
    return [1.79e12 + n, producer.make(n, kind)]
  })
  return made
}

async function addForeign(redis: Redis, key: string, name: string, many: number): Promise<void> {
  const foreign = FOREIGN[name]
  if (!foreign) return
  const now = Date.now()
  const ago = (n: number) => (n % 2 === 0 ? 30 : 300) * 60_000 + n
  await inPieces(redis, key, many, (n) => [now - ago(n), JSON.stringify(foreign.make(n))])
}

async function inPieces(
  redis: Redis,
  key: string,
  many: number,
  make: (n: number) => [number, string],
): Promise<void> {
  for (let from = 0; from < many; from += PIECE) {
    const piece = Array.from({length: Math.min(PIECE, many - from)}, (_, i) => make(from + i))
    await redis.zadd(key, ...piece.flat())
  }
}

/** Letters that a feed must come to, by the name of what is wrong; kinds that qtool cannot tell apart share one. */
export function expectedLetters(producer: Producer, {bad}: Feed): Record<string, number> {
  const letters: Record<string, number> = {}
  for (const [kind, count] of Object.entries(bad)) {
    const name = nameOf(producer.kinds[kind])
    letters[name] = (letters[name] ?? 0) + count
  }
  return letters
}
