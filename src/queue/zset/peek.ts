import type {Redis} from 'ioredis'
import type {Scored} from '../letters/letter-page.ts'
import {parseScore} from '../letters/letter-range.ts'

/** The members of a sorted set that leave next. */
export async function peekSet(redis: Redis, key: string, limit: number): Promise<Scored[]> {
  const reply = await redis.zrangeBuffer(key, '0', String(limit - 1), 'WITHSCORES')
  return Array.from({length: reply.length / 2}, (_, i) => ({
    member: reply[2 * i],
    score: parseScore(reply[2 * i + 1].toString()),
  }))
}
