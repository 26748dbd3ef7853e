import {setTimeout as delay} from 'node:timers/promises'
import {Redis, type RedisOptions} from 'ioredis'
import {type Interrupt, orInterrupted, whenInterrupted} from '../interrupt.ts'
import type {ConnectionBudget} from './budget.ts'
import {closeRedis, occupy, watchRedis} from './client.ts'
import {missingSlots} from './cluster/missing-slots.ts'
import {connectError, translateRedisError} from './driver-error.ts'
import {isReplica} from './failure.ts'
import {silenceRedis} from './quiet.ts'
import {reconnecting} from './reconnect.ts'
import {readRefusal} from './refusal.ts'
import {takenForServer} from './sentinel/taken-for-server.ts'
import {readTls, type TlsFiles} from './tls-files.ts'
import {describeTarget, parseRedisUrl, type RedisTarget, type SentinelLogin} from './url.ts'
import {whereabouts} from './whereabouts.ts'
import {wrongScheme} from './wrong-scheme.ts'

/** A server that does not answer within this time counts as unreachable, ms. */
const CONNECT_MS = 3000

/** A server that is loading its data set is there, and gets more time, ms. */
const LOADING_MS = 20_000

/** How long to try to reconnect after a lost connection, ms. */
const RECONNECT_MS = 5000

/** Longest time for a command, ms: without a limit, a command on a half-open socket would hang forever. */
const COMMAND_MS = 10_000

export interface ConnectOptions {
  /** Files for TLS that the environment names; the URL's query wins. */
  tls?: TlsFiles
  /** `replica` leads to one that the server or its sentinels name, for calls that only read. */
  readFrom?: 'primary' | 'replica'
  /** How to log in to sentinels, as the environment says; the URL's query wins. */
  sentinelLogin?: SentinelLogin
  /**
   * Whether commands that were in flight at a cut are sent again. True suits scripts, which are idempotent. With
   * false they fail after the command timeout, for callers that first check what became of them.
   */
  resend?: boolean
  /** How long to try to reconnect after a cut, in ms; 0 means not at all. */
  reconnectMs?: number
  /** How long one command may take, in ms. */
  commandMs?: number
  /** The name that CLIENT LIST shows; qtool by default. */
  name?: string
  /** The budget that the connection counts against while it is open. */
  budget?: ConnectionBudget
  /** How long to wait for a place in a full budget, in ms; by default not at all. */
  placeMs?: number
  /** Whether commands issued in one turn of the event loop are sent together. */
  autoPipelining?: boolean
  /** Told of every error of the connection, also of failed attempts to connect again. */
  onError?(error: unknown): void
  /** Once it is told to stop, a server that does not answer is not waited for. */
  interrupt?: Interrupt
}

/**
 * Connects, lends the client, and closes it on every path.
 * @param server its URL, or what was read of one
 * @throws QtoolError `CONNECT` if the server cannot be reached; driver errors are translated once, here.
 */
export async function withRedis<T>(
  server: string | RedisTarget,
  options: ConnectOptions,
  use: (redis: Redis) => Promise<T>,
): Promise<T> {
  const {redis, translate} = await openRedis(server, options)
  try {
    return await use(redis)
  } catch (error) {
    const told = (await takenForServer(redis, error)) ?? (await missingSlots(redis, error))
    throw orInterrupted(options.interrupt, told ?? translate(error))
  } finally {
    closeRedis(redis)
  }
}

/** A client, and how its errors are translated for the user. */
export interface OpenRedis {
  redis: Redis
  translate(error: unknown): unknown
}

/** Opens a client for several callers, whose errors the owner translates; it is closed with `closeRedis`. @throws QtoolError */
export async function openRedis(server: string | RedisTarget, options: ConnectOptions): Promise<OpenRedis> {
  const target = typeof server === 'string' ? parseRedisUrl(server) : server
  const {redis, lastError} = await open(target, options)
  return {redis, translate: (error) => translateRedisError(error, lastError(), describeTarget(target))}
}

/** Opens a client that the caller closes with `closeRedis`. @throws QtoolError */
export async function connectRedis(url: string, options: ConnectOptions): Promise<Redis> {
  return (await open(parseRedisUrl(url), options)).redis
}

async function open(
  target: RedisTarget,
  options: ConnectOptions,
): Promise<{redis: Redis; lastError: () => unknown}> {
  silenceRedis()
  const {budget, interrupt} = options
  const place = await budget?.take(options.placeMs)
  let redis: Redis
  try {
    redis = new Redis(redisOptions(target, options))
  } catch (error) {
    place?.leave()
    throw error
  }
  if (budget && place) occupy(redis, budget, place)
  let last: unknown
  // Without a listener ioredis prints "Unhandled error event"; without the last event nobody learns why it closed.
  redis.on('error', (error: unknown) => {
    last = error
    options.onError?.(error)
  })
  const settled = new AbortController()
  try {
    const stopped = interrupt ? [whenInterrupted(interrupt, settled.signal)] : []
    await Promise.race([redis.connect(), failLate(redis, settled.signal), ...stopped])
    // A refused SELECT is reported only by such an event: the client would go on in database 0.
    if (last !== undefined) throw last
    if (interrupt) watchRedis(redis, interrupt, describeTarget(target))
    return {redis, lastError: () => last}
  } catch (error) {
    closeRedis(redis)
    const reason = await readRefusal(target, last ?? error)
    throw (await wrongScheme(target, reason)) ?? connectError(reason, describeTarget(target))
  } finally {
    settled.abort()
  }
}

/** Rejects if the server has not become ready in time. */
async function failLate(redis: Redis, signal: AbortSignal): Promise<never> {
  await delay(CONNECT_MS, undefined, {signal})
  if (!(await isLoading(redis))) throw new Error(`no answer within ${CONNECT_MS / 1000} s`)
  await delay(LOADING_MS - CONNECT_MS, undefined, {signal})
  throw new Error('LOADING Redis is loading its file into memory')
}

/** Whether the server answers, but is still loading its data and accepts no commands other than INFO. */
async function isLoading(redis: Redis): Promise<boolean> {
  if (redis.status !== 'connect') return false
  const info = await Promise.race([redis.info('persistence').catch(() => ''), delay(500, '')])
  return /^loading:1/m.test(info)
}

function redisOptions(target: RedisTarget, options: ConnectOptions): RedisOptions {
  const {username, password, db} = target
  const login = {username, password, tls: readTls(target, options.tls ?? {})}
  const {reconnectMs = RECONNECT_MS, commandMs = COMMAND_MS} = options
  return {
    ...login,
    ...reconnecting(reconnectMs, isReplica),
    ...whereabouts(target, login, {...options, reconnectMs, commandMs}),
    db,
    lazyConnect: true,
    connectionName: options.name ?? 'qtool',
    enableAutoPipelining: options.autoPipelining ?? false,
    connectTimeout: CONNECT_MS,
    commandTimeout: commandMs,
    keepAlive: 10_000,
    maxLoadingRetryTime: 500,
    maxRetriesPerRequest: null,
    autoResendUnfulfilledCommands: options.resend ?? true,
  }
}
