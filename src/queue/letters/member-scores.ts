import type {Redis} from 'ioredis'
import {inCalls} from './letter-calls.ts'

/** Which of these members a sorted set holds. */
export async function findMembers(redis: Redis, key: string, members: Buffer[]): Promise<boolean[]> {
  const calls = inCalls(members, (member) => member.length)
  const replies = await Promise.all(calls.map((call) => redis.zmscore(key, ...call)))
  return replies.flat().map((score) => score !== null)
}
