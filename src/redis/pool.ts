import type {Redis} from 'ioredis'
import {QtoolError} from '../errors.ts'
import {type ConnectOptions, connectRedis} from './connect.ts'

export interface RedisPoolOptions {
  /** Most connections, those being opened included. */
  max: number
  connect?: ConnectOptions
}

interface Waiter {
  give(connection: Redis | Promise<Redis>): void
  fail(error: QtoolError): void
}

/** A bounded number of connections for whatever needs one of its own: who comes when all are lent waits in line. */
export class RedisPool {
  readonly #url: string
  readonly #options: RedisPoolOptions
  readonly #idle: Redis[] = []
  readonly #lent = new Set<Redis>()
  #opening = 0
  /** Connections being opened, until they are lent, closed again or given up. */
  readonly #settling = new Set<Promise<void>>()
  readonly #waiters = new Set<Waiter>()
  #isClosed = false

  constructor(url: string, options: RedisPoolOptions) {
    this.#url = url
    this.#options = options
  }

  /** Connections that are open or being opened. */
  get size(): number {
    return this.#idle.length + this.#lent.size + this.#opening
  }

  get idle(): number {
    return this.#idle.length
  }

  get waiting(): number {
    return this.#waiters.size
  }

  /**
   * A connection for the caller alone, who gives it back with `release`.
   * @throws QtoolError `POOL_EXHAUSTED` when none has come free in time; whatever keeps a new one from being opened
   */
  async acquire(timeoutMs: number): Promise<Redis> {
    if (this.#isClosed) throw closed()
    const redis = this.#idle.pop()
    if (redis) return this.#lend(redis)
    return this.size < this.#options.max ? this.#open() : this.#wait(timeoutMs)
  }

  /** A connection that has broken meanwhile is thrown away. */
  release(redis: Redis): void {
    if (!this.#lent.delete(redis)) return
    if (redis.status === 'ready' && !this.#isClosed) this.#idle.push(redis)
    else redis.disconnect()
    this.#serveNext()
  }

  /** Lends a connection for the time of `use`. */
  async with<T>(timeoutMs: number, use: (redis: Redis) => Promise<T>): Promise<T> {
    const redis = await this.acquire(timeoutMs)
    try {
      return await use(redis)
    } finally {
      this.release(redis)
    }
  }

  /** Closes all connections, the lent ones too, and resolves when they are closed. Nobody waits any longer. */
  async close(): Promise<void> {
    this.#isClosed = true
    for (const waiter of this.#waiters) waiter.fail(closed())
    await Promise.all(this.#settling)
    const all = [...this.#idle.splice(0), ...this.#lent]
    this.#lent.clear()
    await Promise.all(all.map(end))
  }

  #lend(redis: Redis): Redis {
    this.#lent.add(redis)
    return redis
  }

  /** Its place in the pool is taken from the first moment on. */
  #open(): Promise<Redis> {
    this.#opening++
    const opened = this.#connect()
    const settled = opened.then(
      () => {},
      () => {},
    )
    this.#settling.add(settled)
    void settled.then(() => this.#settling.delete(settled))
    return opened
  }

  async #connect(): Promise<Redis> {
    let redis: Redis
    try {
      redis = await connectRedis(this.#url, this.#options.connect ?? {})
    } catch (error) {
      this.#opening--
      // Whoever waits may have better luck
      this.#serveNext()
      throw error
    }
    this.#opening--
    if (this.#isClosed) {
      await end(redis)
      throw closed()
    }
    redis.once('end', () => this.#forget(redis))
    return this.#lend(redis)
  }

  /** An idle connection has broken for good. */
  #forget(redis: Redis): void {
    const index = this.#idle.indexOf(redis)
    if (index < 0) return
    this.#idle.splice(index, 1)
    this.#serveNext()
  }

  #wait(timeoutMs: number): Promise<Redis> {
    return new Promise((resolve, reject) => {
      const leave = () => {
        clearTimeout(timer)
        this.#waiters.delete(waiter)
      }
      const waiter: Waiter = {
        give: (connection) => {
          leave()
          resolve(connection)
        },
        fail: (error) => {
          leave()
          reject(error)
        },
      }
      const timer = setTimeout(() => waiter.fail(exhausted(this.#options.max, timeoutMs)), timeoutMs)
      this.#waiters.add(waiter)
    })
  }

  #serveNext(): void {
    const [waiter] = this.#waiters
    if (!waiter || this.#isClosed) return
    const redis = this.#idle.pop()
    if (redis) waiter.give(this.#lend(redis))
    else if (this.size < this.#options.max) waiter.give(this.#open())
  }
}

function exhausted(max: number, timeoutMs: number): QtoolError {
  return new QtoolError(
    `expected a Redis connection to come free within ${timeoutMs} ms, but all ${max} of the pool are in use`,
    {
      code: 'POOL_EXHAUSTED',
      suggestions: [
        `raise REDIS_MAX_CONNECTIONS, which is ${max} here; the server allows maxclients of all its clients together`,
        'or let fewer things run at a time',
      ],
    },
  )
}

function closed(): QtoolError {
  return new QtoolError('the pool of Redis connections is closed', {code: 'POOL_CLOSED'})
}

/** Resolves when the connection is closed. */
async function end(redis: Redis): Promise<void> {
  // One that waits to connect again has no socket, and tells nobody that it stops
  if (redis.status === 'end' || redis.status === 'reconnecting') return redis.disconnect()
  await new Promise<void>((resolve) => {
    redis.once('end', resolve)
    redis.disconnect()
  })
}
