import {readFileSync} from 'node:fs'
import type {Socket} from 'node:net'
import type {Redis} from 'ioredis'
import {messageOf, QtoolError} from '../../../errors.ts'
import {closeRedis} from '../../../redis/client.ts'
import {type ConnectOptions, connectRedis} from '../../../redis/connect.ts'
import {parseInfo} from '../../../redis/info.ts'
import {replyOf} from '../../../redis/replies.ts'
import type {RedisTarget} from '../../../redis/url.ts'
import {closeLight, openLight} from './light-connection.ts'

export interface ServerLimitOptions {
  redisUrl: string
  target: RedisTarget
  connect: ConnectOptions
  /** A connection that was opened before. */
  observer: Redis
  name: string
  /** Limit on the connections to open. */
  most: number
  signal: AbortSignal
}

export interface ServerLimit {
  /** Connections opened in addition to the existing ones. */
  opened: number
  /** Seconds it took to open them. */
  seconds: number
  /** The server's limit for all its clients; null if it does not report one. */
  maxClients: number | null
  /** `server`: it accepts no more. `most`, `files`: another limit came first. `failed`: another error. */
  stoppedBy: 'server' | 'most' | 'files' | 'interrupted' | 'failed'
  /** The error that a caller of qtool gets at the limit, or that stopped the test; null if no limit was reached. */
  failure: {code: string; message: string} | null
  /** ms from the release until a new client has its first answer; null if no limit was reached. */
  recoveryMs: number | null
}

/** Connections opened in parallel: the listen backlog of the server holds a few hundred. */
const SIDE_BY_SIDE = 50

/** Files that this process keeps free for everything else. */
const SPARE_FILES = 200

const RECOVERY_MS = 10_000

/** Opens light connections until the server refuses one, and releases them. All are closed on every path. */
export async function findServerLimit(options: ServerLimitOptions): Promise<ServerLimit> {
  const {observer, signal} = options
  const maxClients = Number(parseInfo(await observer.info('clients')).get('maxclients')) || null
  const sockets = new Set<Socket>()
  try {
    const started = performance.now()
    const {stoppedBy, refused} = await fill(options, sockets)
    const seconds = (performance.now() - started) / 1000
    const found = {opened: sockets.size, seconds, maxClients, stoppedBy}
    if (stoppedBy !== 'server' || signal.aborted) return {...found, failure: refused, recoveryMs: null}
    const failure = await failureOf(options)
    const released = performance.now()
    await closeLight(sockets)
    return {...found, failure, recoveryMs: await untilServed(options, released)}
  } finally {
    await closeLight(sockets)
  }
}

interface Filled {
  stoppedBy: ServerLimit['stoppedBy']
  refused: ServerLimit['failure']
}

async function fill(options: ServerLimitOptions, sockets: Set<Socket>): Promise<Filled> {
  const {target, name, signal} = options
  const files = openFilesLimit() - SPARE_FILES
  const most = Math.min(options.most, files)
  while (sockets.size < most) {
    if (signal.aborted) return {stoppedBy: 'interrupted', refused: null}
    const count = Math.min(SIDE_BY_SIDE, most - sockets.size)
    const opened = await Promise.all(Array.from({length: count}, () => openLight(target, name)))
    for (const one of opened) if (one.state === 'open') sockets.add(one.socket)
    const refused = opened.find((one) => one.state === 'refused')
    if (refused) return {stoppedBy: whyRefused(refused), refused}
  }
  return {stoppedBy: most === options.most ? 'most' : 'files', refused: null}
}

function whyRefused({code, message}: {code: string; message: string}): ServerLimit['stoppedBy'] {
  if (replyOf(message)?.code === 'MAXCLIENTS') return 'server'
  // A full server may close the connection before its error is read
  if (code === 'ECONNRESET' || code === 'EPIPE' || code === 'CLOSED') return 'server'
  return code === 'EMFILE' || code === 'ENFILE' || code === 'EADDRNOTAVAIL' ? 'files' : 'failed'
}

/** The error that the next client gets. */
async function failureOf({redisUrl, connect}: ServerLimitOptions): Promise<ServerLimit['failure']> {
  try {
    const redis = await connectRedis(redisUrl, connect)
    closeRedis(redis)
    return null
  } catch (error) {
    return {code: error instanceof QtoolError ? error.code : 'ERROR', message: messageOf(error)}
  }
}

async function untilServed(
  {redisUrl, connect, signal}: ServerLimitOptions,
  from: number,
): Promise<number | null> {
  while (performance.now() - from < RECOVERY_MS && !signal.aborted) {
    try {
      const redis = await connectRedis(redisUrl, connect)
      try {
        await redis.ping()
        return performance.now() - from
      } finally {
        closeRedis(redis)
      }
    } catch {
      // Still full: the server has not noticed yet that they are all gone
    }
  }
  return null
}

/** Number of files that this process may have open; without /proc, the smallest usual limit. */
function openFilesLimit(): number {
  try {
    const text = readFileSync('/proc/self/limits', 'utf8')
    return Number(/^Max open files\s+(\d+)/m.exec(text)?.[1] ?? Number.POSITIVE_INFINITY)
  } catch {
    return 1024
  }
}
