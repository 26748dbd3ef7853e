import {isUtf8} from 'node:buffer'
import type {Redis} from 'ioredis'
import type {SearchOptions} from '../engine.ts'
import type {PeekedItem} from '../kinds.ts'
import type {Scored} from '../letters/letter-page.ts'
import {parseScore} from '../letters/letter-range.ts'
import {redisNow} from '../letters/letter-scan.ts'
import {ItemSearch} from './item-search.ts'
import {readScore} from './read-score.ts'

/** The items that leave next, in that order, without taking them. */
export async function peekItems(redis: Redis, key: string, limit: number): Promise<PeekedItem[]> {
  const [nowMs, reply] = await Promise.all([
    redisNow(redis),
    redis.zrangeBuffer(key, '0', String(limit - 1), 'WITHSCORES'),
  ])
  const items: PeekedItem[] = []
  for (let i = 0; i + 1 < reply.length; i += 2) {
    items.push(peeked({member: reply[i], score: parseScore(reply[i + 1].toString())}, nowMs))
  }
  return items
}

/** The first of the items that a filter selects, and how many items were read for them. */
export async function peekMatching(
  redis: Redis,
  key: string,
  options: SearchOptions & {limit: number},
): Promise<{items: PeekedItem[]; searched: number}> {
  const nowMs = await redisNow(redis)
  const search = new ItemSearch(redis, key, options.filter)
  const items: PeekedItem[] = []
  for await (const found of search.pages()) {
    for (const item of found.slice(0, options.limit - items.length)) items.push(peeked(item, nowMs))
    options.onProgress(search.read, items.length)
    if (items.length === options.limit || options.signal.aborted) break
  }
  return {items, searched: search.read}
}

function peeked({member, score}: Scored, nowMs: number): PeekedItem {
  const {priority, enqueuedAt} = readScore(score, nowMs)
  const payloadEncoding = isUtf8(member) ? 'utf8' : 'base64'
  return {
    score: Number.isFinite(score) ? score : score > 0 ? 'inf' : '-inf',
    priority,
    enqueuedAt: enqueuedAt === undefined ? null : new Date(enqueuedAt).toISOString(),
    bytes: member.length,
    payload: member.toString(payloadEncoding),
    payloadEncoding,
  }
}
