import {setTimeout as delay} from 'node:timers/promises'
import {Redis, ReplyError} from 'ioredis'
import {messageOf, QtoolError} from '../../errors.ts'
import type {RedisAddress, SentinelLogin} from '../url.ts'
import {type KnownPrimary, type KnownReplica, newest, parsePrimary, parseReplicas} from './answers.ts'

/** How long one sentinel may take to answer, ms; a machine that is gone does not answer at all. */
const ANSWER_MS = 1000

/** After the first answer, how long the others are waited for, ms: one of them may know of a later failover. */
const GRACE_MS = 200

/** The shortest time between two attempts to reach a sentinel again, ms. */
const RECONNECT_MS = 500

export interface CircleOptions {
  /** All sentinels that are known; some may be down. */
  sentinels: RedisAddress[]
  /** Name of the primary that they watch. */
  name: string
  login: SentinelLogin
  tls?: object
}

/**
 * The sentinels of one primary. They are asked at the same time, so that those that are down cost nothing, and the
 * answer with the highest epoch is believed: a sentinel that was cut off from the others does not know better.
 * The connections stay open between `retain` and `release`.
 */
export class SentinelCircle {
  readonly name: string
  /** TLS for the sentinels, and for the servers that they watch. */
  readonly tls: object | undefined
  readonly #options: CircleOptions
  #sentinels: Sentinel[] = []
  #users = 0

  constructor(options: CircleOptions) {
    this.name = options.name
    this.tls = options.tls
    this.#options = options
  }

  retain(): void {
    if (this.#users++ > 0) return
    this.#sentinels = this.#options.sentinels.map((address) => openSentinel(address, this.#options))
  }

  /** Closes the connections once nobody needs them. */
  release(): void {
    if (--this.#users > 0) return
    for (const {client} of this.#sentinels) client.disconnect()
    this.#sentinels = []
  }

  /** @throws Error that says why no sentinel knows the primary */
  async primary(): Promise<KnownPrimary> {
    const known = newest(await this.#ask('MASTER', parsePrimary))
    if (!known) throw unknownPrimary(this.name, [])
    return known
  }

  /** @throws Error that says why no sentinel could be asked */
  async replicas(): Promise<KnownReplica[]> {
    const answers = await this.#ask('REPLICAS', parseReplicas)
    return answers.reduce((most, one) => (one.length > most.length ? one : most), [])
  }

  /** What those sentinels answer that are quick enough. @throws Error if none does */
  async #ask<T>(word: string, parse: (reply: unknown) => T | undefined): Promise<T[]> {
    this.retain()
    const found: T[] = []
    const errors: unknown[] = []
    let onFirst = () => {}
    const first = new Promise<void>((resolve) => {
      onFirst = resolve
    })
    const asking = this.#sentinels.map(async (sentinel) => {
      try {
        const answer = parse(await sentinel.client.call('SENTINEL', word, this.name))
        if (answer === undefined) return
        found.push(answer)
        onFirst()
      } catch (error) {
        errors.push(error instanceof ReplyError ? error : (sentinel.lastError ?? error))
      }
    })
    await Promise.race([Promise.all(asking), first.then(() => delay(GRACE_MS))])
    this.release()
    if (found.length === 0) throw unknownPrimary(this.name, errors)
    return [...found]
  }
}

/** A connection to one sentinel, and its last error, since the driver's own for a command says only that it closed. */
interface Sentinel {
  client: Redis
  lastError: unknown
}

function openSentinel({host, port}: RedisAddress, {login, tls}: CircleOptions): Sentinel {
  const client = new Redis({
    host,
    port,
    ...login,
    ...(tls && {tls}),
    lazyConnect: true,
    enableReadyCheck: false,
    connectTimeout: ANSWER_MS,
    commandTimeout: ANSWER_MS,
    // A sentinel that hangs keeps its socket open
    socketTimeout: 2 * ANSWER_MS,
    maxRetriesPerRequest: 0,
    retryStrategy: () => RECONNECT_MS,
  })
  const sentinel: Sentinel = {client, lastError: undefined}
  client.on('error', (error: unknown) => {
    sentinel.lastError = error
  })
  return sentinel
}

/** A refusal is told first: sentinels that are down have nothing to do with it. */
function unknownPrimary(name: string, errors: unknown[]): Error {
  const refused = errors.find((error) => error instanceof ReplyError)
  const [reason = new Error(`no sentinel knows where the primary ${name} is`)] = refused ? [refused] : errors
  if (!refused) return new Error(`no sentinel answers: ${messageOf(reason)}`, {cause: reason})
  if (/unknown command '?SENTINEL\b/i.test(messageOf(reason))) return noSentinel(reason)
  return new QtoolError(`a sentinel refuses to name the primary ${name}: ${messageOf(reason)}`, {
    code: 'SENTINEL',
    kind: 'connect',
    suggestions: [
      /^(NOAUTH|WRONGPASS|NOPERM)/.test(messageOf(reason))
        ? 'sentinels have a login of their own: ?sentinel-user=…&sentinel-password=… in the URL, or QTOOL_SENTINEL_USER and QTOOL_SENTINEL_PASSWORD'
        : 'SENTINEL MASTERS on a sentinel lists the names that it knows',
    ],
    cause: reason,
  })
}

function noSentinel(cause: unknown): QtoolError {
  return new QtoolError('expected sentinels at the hosts of the Redis URL, but a Redis server answered', {
    code: 'SENTINEL',
    kind: 'usage',
    suggestions: [
      'name the port of the sentinels, usually 26379',
      'without sentinels, write redis:// in place of redis+sentinel://, or redis+cluster:// for a Redis Cluster',
    ],
    cause,
  })
}
