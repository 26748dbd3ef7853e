import {readFileSync} from 'node:fs'
import {Redis, type RedisOptions} from 'ioredis'
import {maskSecrets} from '../config/secrets.ts'
import {messageOf, QtoolError, usageError} from '../errors.ts'

/** First connect and reconnects after a cut give up after this long. */
const CONNECT_MS = 5000

/** No command of qtool needs longer; without it a command on a half-open socket would hang for ever. */
const COMMAND_MS = 15_000

export interface ConnectOptions {
  /** Files for TLS, from QTOOL_REDIS_CA, QTOOL_REDIS_CERT and QTOOL_REDIS_KEY. */
  tls?: {ca?: string; cert?: string; key?: string}
}

/**
 * Connects, lends the client, and closes it on every path.
 * @throws QtoolError `CONNECT` where the server cannot be reached; driver errors are translated once, here.
 */
export async function withRedis<T>(
  url: string,
  options: ConnectOptions,
  use: (redis: Redis) => Promise<T>,
): Promise<T> {
  const redis = new Redis(url, redisOptions(url, options))
  let last: unknown
  // Without a listener ioredis prints "Unhandled error event"; without the last event nobody learns why it closed.
  redis.on('error', (error: unknown) => {
    last = error
  })
  try {
    await redis.connect()
    return await use(redis)
  } catch (error) {
    throw translate(error, last, url)
  } finally {
    redis.disconnect()
  }
}

function redisOptions(url: string, {tls}: ConnectOptions): RedisOptions {
  const scheme = /^([a-z+]+):\/\//.exec(url)?.[1]
  if (scheme !== 'redis' && scheme !== 'rediss') {
    throw usageError(
      `expected a Redis URL that starts with redis:// or rediss://, got ${maskSecrets(url)}`,
      'write it as redis://user:password@host:6379/0',
    )
  }
  const started = performance.now()
  let cutAt = started
  return {
    lazyConnect: true,
    connectionName: 'qtool',
    connectTimeout: CONNECT_MS,
    commandTimeout: COMMAND_MS,
    keepAlive: 10_000,
    // Every command of qtool may be sent again after a cut: scripts are idempotent, ZADD NX is too while nobody drains.
    maxRetriesPerRequest: null,
    retryStrategy: (times) => {
      if (times === 1) cutAt = performance.now()
      return performance.now() - cutAt > CONNECT_MS ? null : Math.min(50 * times, 500)
    },
    reconnectOnError: (error) => (error.message.startsWith('READONLY') ? 2 : false),
    ...(tls && scheme === 'rediss' ? {tls: readTls(tls)} : {}),
  }
}

function readTls(tls: NonNullable<ConnectOptions['tls']>): {ca?: Buffer; cert?: Buffer; key?: Buffer} {
  const read = (path?: string) => (path ? readFileSync(path) : undefined)
  return {ca: read(tls.ca), cert: read(tls.cert), key: read(tls.key)}
}

/** Errors that have one right answer; by the first word of Redis's message. */
const ANSWERS: Record<string, {kind: 'connect' | 'failure'; suggestion: string}> = {
  NOAUTH: {kind: 'connect', suggestion: 'put the password into the URL: redis://:password@host:6379'},
  WRONGPASS: {kind: 'connect', suggestion: 'check user and password of the Redis URL'},
  NOPERM: {kind: 'failure', suggestion: 'let this Redis user run the command: ACL SETUSER'},
  WRONGTYPE: {
    kind: 'failure',
    suggestion: 'a key of this queue holds something else; name another queue with -q',
  },
  OOM: {kind: 'failure', suggestion: 'drain the queue with qtool work, or raise maxmemory'},
  READONLY: {kind: 'connect', suggestion: 'this is a replica; name the primary'},
  LOADING: {kind: 'connect', suggestion: 'Redis is still reading its file; try again'},
}

function translate(error: unknown, last: unknown, url: string): unknown {
  if (error instanceof QtoolError) return error
  const message = messageOf(error)
  const word = /^([A-Z]{3,}) /.exec(message)?.[1]
  const answer = word ? ANSWERS[word] : undefined
  if (word && answer) {
    return new QtoolError(message, {
      code: word,
      kind: answer.kind,
      suggestions: [answer.suggestion],
      cause: error,
    })
  }
  if (
    !/Connection is closed|ECONN|ENOTFOUND|EAI_AGAIN|ETIMEDOUT|EPIPE|EHOSTUNREACH|Command timed out/.test(
      message,
    )
  ) {
    return error
  }
  const why = last === undefined ? message : messageOf(last)
  return new QtoolError(`cannot reach Redis at ${maskSecrets(url)}: ${why}`, {
    code: 'CONNECT',
    kind: 'connect',
    suggestions: ['check the URL and that the server runs', 'qtool up starts a local Redis and Postgres'],
    cause: error,
  })
}
