import {Redis, type RedisOptions, ReplyError} from 'ioredis'
import type {RedisAddress} from './url.ts'

/** How to log in to a server, with TLS or without. */
export type ServerLogin = Pick<RedisOptions, 'username' | 'password' | 'tls'>

/** How long a server may take to connect, and to answer, ms. */
export const ANSWER_MS = 1500

/**
 * Asks a server over a connection of its own, which is not tried again.
 * @throws Error what the server replied, else why it could not be reached
 */
export async function askOnce<T>(
  server: RedisAddress,
  login: ServerLogin,
  ask: (redis: Redis) => Promise<T>,
): Promise<T> {
  const redis = new Redis({
    ...server,
    ...login,
    lazyConnect: true,
    enableReadyCheck: false,
    connectTimeout: ANSWER_MS,
    commandTimeout: ANSWER_MS,
    retryStrategy: () => null,
  })
  let last: unknown
  redis.on('error', (error: unknown) => {
    last = error
  })
  try {
    await redis.connect()
    return await ask(redis)
  } catch (error) {
    throw error instanceof ReplyError ? error : (last ?? error)
  } finally {
    // Of a connection that never was, the driver would wait two seconds for the end
    if (redis.status !== 'end') redis.disconnect()
  }
}
