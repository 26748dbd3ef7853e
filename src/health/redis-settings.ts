import type {Redis} from 'ioredis'
import {parseInfo} from '../redis/info.ts'

/** What a server says of itself; settings that it does not reveal are left out. */
export interface ServerFacts {
  /** `unknown` if the server does not tell. */
  version: string
  settings: Record<string, string>
}

/** The version of a Redis server and some of its settings; managed servers forbid CONFIG. */
export async function readRedisSettings(redis: Redis, names: readonly string[]): Promise<ServerFacts> {
  const info = parseInfo(await orElse(redis.info('server'), ''))
  const valkey = info.get('valkey_version')
  // One by one: several names in one CONFIG GET need Redis 7
  const replies = await Promise.all(names.map((name) => orElse(redis.config('GET', name), [])))
  const settings: Array<[string, string]> = []
  for (const reply of replies) {
    if (Array.isArray(reply) && reply.length === 2) settings.push([String(reply[0]), String(reply[1])])
  }
  return {
    version: valkey ? `valkey ${valkey}` : (info.get('redis_version') ?? 'unknown'),
    settings: Object.fromEntries(settings),
  }
}

/** The answer, or `otherwise` if the server refuses the command; a broken connection still throws. */
async function orElse<T, U>(answer: Promise<T>, otherwise: U): Promise<T | U> {
  try {
    return await answer
  } catch (error) {
    if (error instanceof Error && error.name === 'ReplyError') return otherwise
    throw error
  }
}
