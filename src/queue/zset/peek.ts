import {isUtf8} from 'node:buffer'
import type {Redis} from 'ioredis'
import type {PeekedItem} from '../engine.ts'
import {parseScore} from '../letters/letter-range.ts'
import {redisNow} from '../letters/letter-scan.ts'
import {readScore} from './read-score.ts'

/** The items that leave next, in that order, without taking them. */
export async function peekItems(redis: Redis, key: string, limit: number): Promise<PeekedItem[]> {
  const [nowMs, reply] = await Promise.all([
    redisNow(redis),
    redis.zrangeBuffer(key, '0', String(limit - 1), 'WITHSCORES'),
  ])
  const items: PeekedItem[] = []
  for (let i = 0; i + 1 < reply.length; i += 2) items.push(peeked(reply[i], reply[i + 1].toString(), nowMs))
  return items
}

function peeked(item: Buffer, score: string, nowMs: number): PeekedItem {
  const value = parseScore(score)
  const {priority, enqueuedAt} = readScore(value, nowMs)
  const payloadEncoding = isUtf8(item) ? 'utf8' : 'base64'
  return {
    score: score === 'inf' || score === '-inf' ? score : value,
    priority,
    enqueuedAt: enqueuedAt === undefined ? null : new Date(enqueuedAt).toISOString(),
    bytes: item.length,
    payload: item.toString(payloadEncoding),
    payloadEncoding,
  }
}
