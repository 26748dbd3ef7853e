import {once} from 'node:events'
import {setTimeout as wait} from 'node:timers/promises'
import {type Redis, ReplyError} from 'ioredis'
import {closeRedis, duplicateRedis} from './client.ts'
import {type ClientName, nameOf} from './client-name.ts'
import {CutError, Cuts} from './cuts.ts'
import {unlessDenied} from './denied.ts'
import {isRefusedAccess, isTimeout, isTransient} from './failure.ts'
import type {Outage} from './outage.ts'
import {Patience} from './patience.ts'

/** How long the first connection may take, in ms; how long to wait for a later one is up to the caller. */
const FIRST_MS = 5000

/** Far longer than a server takes to execute what it has received, in ms. */
const UNFENCED_MS = 1000

/** How long a connection may take to close, ms. */
const CLOSED_MS = 200

/** Longest pause between two attempts to reconnect, in ms. */
const LONGEST_PAUSE_MS = 500

/**
 * A connection that never sends anything twice by itself. After a cut the previous connection is killed, so that
 * nothing sent over it can still be executed once `run` goes on.
 */
export class SoleConnection {
  /** Connections so far: a new one may lead to another server, or to one that has lost its data. */
  count = 0
  readonly #redis: Redis
  readonly #outage: Outage | undefined
  /** Id and address of the connection in use, with which it can be killed. */
  #name: ClientName | undefined
  /** Whether nothing sent over an earlier connection can still be executed. */
  #isSound = false
  #isGivenUp = false
  #recovering: Promise<void> | undefined
  #lastError: unknown
  readonly #cuts = new Cuts()
  /** Callbacks that end every wait for a connection. */
  readonly #onGivenUp = new Set<() => void>()

  private constructor(redis: Redis, outage: Outage | undefined) {
    this.#redis = redis
    this.#outage = outage
    redis.on('close', () => this.#onClose())
    redis.on('error', (error: unknown) => {
      // This error only says that pending commands were dropped
      if (error instanceof Error && error.name === 'MaxRetriesPerRequestError') return
      this.#lastError = error
      if (this.count > 0) outage?.away(error)
      if (isRefusedAccess(error)) this.#giveUp()
    })
    outage?.signal.addEventListener('abort', this.#onStop)
  }

  /**
   * @param redis gives only its options: a separate connection is opened
   * @param outage how to wait for Redis after the first connection; by default as long as `redis` would try to
   * reconnect
   */
  static async open(redis: Redis, outage?: Outage): Promise<SoleConnection> {
    const own = await duplicateRedis(redis, {
      autoResendUnfulfilledCommands: false,
      // Commands of a lost connection are dropped, since their timeouts would keep the process alive for as long as
      // they last
      maxRetriesPerRequest: 0,
      reconnectOnError: null,
      ...(outage && {retryStrategy: pauseMs}),
    })
    const connection = new SoleConnection(own, outage)
    const timer = setTimeout(() => connection.#giveUp(), FIRST_MS)
    own.connect().catch(() => {})
    try {
      await connection.#recover()
    } catch (error) {
      // No caller could close it, and an open connection keeps the process alive
      await connection.close()
      throw error
    } finally {
      clearTimeout(timer)
    }
    return connection
  }

  /** Whether no further connection will be opened. */
  get isOver(): boolean {
    return this.#isGivenUp || this.#redis.status === 'end'
  }

  /** @throws CutError if the connection was lost before the reply, else what `ask` throws */
  async run<T>(ask: (redis: Redis) => Promise<T>): Promise<T> {
    if (!this.#isSound) await this.#recover()
    return this.#cuts.unless(ask(this.#redis))
  }

  /** Replaces a connection whose socket is half open, or whose server was demoted to a replica. */
  async renew(): Promise<void> {
    if (!this.#isSound || this.#redis.status !== 'ready') return
    await this.#drop()
  }

  /** @param last a call to run first, if there is a connection for it */
  async close(last?: (redis: Redis) => Promise<unknown>): Promise<void> {
    this.#outage?.signal.removeEventListener('abort', this.#onStop)
    if (this.#redis.status === 'ready') await last?.(this.#redis).catch(() => {})
    // Its place in the budget is free once the socket is closed
    const ended = this.#redis.status === 'end' ? undefined : once(this.#redis, 'end')
    closeRedis(this.#redis)
    await Promise.race([ended, wait(CLOSED_MS, undefined, {ref: false})])
  }

  /** Ends this connection; the client opens another one. */
  async #drop(): Promise<void> {
    const dropped = this.#cuts.next()
    this.#redis.disconnect(true)
    await dropped
  }

  #onClose(): void {
    this.#isSound = false
    this.#cuts.happen()
    if (this.#outage?.signal.aborted) this.#giveUp()
  }

  /** Keeps an open connection, which may still deliver its replies. */
  readonly #onStop = (): void => {
    if (!this.#isSound) this.#giveUp()
  }

  #giveUp(): void {
    this.#isGivenUp = true
    for (const tell of this.#onGivenUp) tell()
  }

  #recover(): Promise<void> {
    this.#recovering ??= this.#reconnect().finally(() => {
      this.#recovering = undefined
    })
    return this.#recovering
  }

  /** Waits until there is a connection again, and kills the previous one if the server still holds it. */
  async #reconnect(): Promise<void> {
    const patience = new Patience(() => (this.count > 0 ? this.#outage : undefined))
    while (!this.#isSound) {
      await this.#untilReady()
      try {
        if (this.#name) await this.#kill(this.#name)
        this.#name = nameOf(await this.#cuts.unless(this.#redis.client('INFO')))
        this.#isSound = true
        this.count++
        this.#outage?.connected()
      } catch (error) {
        if (error instanceof CutError) continue
        if (isTransient(error) && (await patience.wait(error))) continue
        if (!isTimeout(error)) throw error
        await this.#drop()
      }
    }
  }

  /**
   * Usually there is nothing left to kill, which is not an error in this form of the command. If the user may not run
   * it, the server gets time to execute what it had received over the lost connection.
   */
  async #kill({id, addr}: ClientName): Promise<void> {
    const killing = this.#cuts.unless(this.#redis.call('CLIENT', 'KILL', 'ID', id, 'ADDR', addr))
    if ((await unlessDenied(killing)) !== null) return
    this.#outage?.unfenced()
    await wait(UNFENCED_MS)
  }

  /** @throws once no further connection will be opened */
  #untilReady(): Promise<void> {
    return new Promise((resolve, reject) => {
      const settle = () => {
        const isReady = this.#redis.status === 'ready' && !this.#isGivenUp
        if (!isReady && !this.isOver) return
        this.#redis.off('ready', settle).off('end', settle)
        this.#onGivenUp.delete(settle)
        if (isReady) resolve()
        else reject(reasonOf(this.#lastError))
      }
      this.#redis.on('ready', settle).on('end', settle)
      this.#onGivenUp.add(settle)
      settle()
    })
  }
}

function pauseMs(times: number): number {
  return Math.min(50 * times, LONGEST_PAUSE_MS)
}

/** The error of Redis, or else the driver's message for an unreachable server, which is translated in one place. */
function reasonOf(last: unknown): unknown {
  return last instanceof ReplyError ? last : new Error('Connection is closed.', {cause: last})
}
