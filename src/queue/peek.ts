import {isUtf8} from 'node:buffer'
import type {Redis} from 'ioredis'
import {readScore} from './score.ts'

/** An item that waits. */
export interface PeekedItem {
  score: number
  priority: number
  /** RFC 3339; null where its producer wrote no time into the score. */
  enqueuedAt: string | null
  bytes: number
  payload: string
  payloadEncoding: 'utf8' | 'base64'
}

/** The items that leave next, in that order, without taking them. */
export async function peekItems(redis: Redis, key: string, limit: number): Promise<PeekedItem[]> {
  const reply = await redis.zrangeBuffer(key, '0', String(limit - 1), 'WITHSCORES')
  const items: PeekedItem[] = []
  for (let i = 0; i + 1 < reply.length; i += 2) {
    const score = Number(reply[i + 1].toString())
    const {priority, enqueuedAt} = readScore(score)
    const payloadEncoding = isUtf8(reply[i]) ? 'utf8' : 'base64'
    items.push({
      score,
      priority,
      enqueuedAt: enqueuedAt === undefined ? null : new Date(enqueuedAt).toISOString(),
      bytes: reply[i].length,
      payload: reply[i].toString(payloadEncoding),
      payloadEncoding,
    })
  }
  return items
}
