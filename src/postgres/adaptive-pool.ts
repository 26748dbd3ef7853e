import pg from 'pg'
import {QtoolError} from '../errors.ts'
import type {PoolPlan} from './pool-config.ts'
import type {Encryption} from './ssl-mode.ts'
import {assertOptionsArrived} from './start-up-options.ts'

/** How long to wait before asking a full server for more connections again, ms. */
const ASK_AGAIN_MS = 30_000

type Callback = (
  error: Error | undefined,
  client: pg.PoolClient | undefined,
  done: (release?: boolean | Error) => void,
) => void

/** Timestamps without an offset are UTC, and dates are read and written one way, in every session. */
const SESSION = "SET TimeZone TO 'UTC'; SET DateStyle TO 'ISO'"

/** The settings of one attempt to connect; other callers may have changed the pool's by the time it fails. */
interface Attempt {
  options: string | undefined
  encryption: Encryption
}

/**
 * A pool that adapts to the server: it tries the next way to connect that sslmode allows, drops its start-up options
 * if PgBouncer refuses them, and shares its connections if the server gives no more. A caller that waits for a free
 * connection waits for as long as others use them, since that is not an outage.
 */
export class AdaptivePool extends pg.Pool {
  /** Errors that occurred while connecting, whether from the network, from TLS or from the server. */
  static readonly failures = new WeakSet<Error>()

  readonly #plan: PoolPlan
  readonly #wanted: number
  readonly #onShared: () => void
  #isProven = false
  #isTold = false
  #sharedSince: number | undefined

  /** @param onShared called once if the server gives fewer connections than wanted */
  constructor(plan: PoolPlan, onShared: () => void) {
    super({...plan.config, ssl: plan.encryptions[0], onConnect: (client) => this.#setUp(client)})
    this.#plan = plan
    this.#wanted = this.options.max
    this.#onShared = onShared
  }

  override connect(): Promise<pg.PoolClient>
  override connect(callback: Callback): void
  override connect(callback?: Callback): Promise<pg.PoolClient> | undefined {
    const connected = this.#connect()
    if (!callback) return connected
    connected.then(
      (client) => callback(undefined, client, client.release),
      (error) => callback(error, undefined, () => {}),
    )
    return undefined
  }

  async #connect(): Promise<pg.PoolClient> {
    if (this.#sharedSince !== undefined && performance.now() - this.#sharedSince > ASK_AGAIN_MS) {
      this.#sharedSince = undefined
      this.options.max = this.#wanted
    }
    let first: unknown
    for (;;) {
      const attempt = {options: this.options.options, encryption: this.options.ssl as Encryption}
      try {
        const client = await super.connect()
        this.#isProven = true
        return client
      } catch (error) {
        if (this.#adapt(error, attempt)) {
          // The server's error about the login says more than the error of the next, unencrypted attempt
          const isOfLogin = this.options.ssl !== attempt.encryption && error instanceof pg.DatabaseError
          if (isOfLogin) first ??= error
          continue
        }
        const reason = first ?? error
        if (reason instanceof Error) AdaptivePool.failures.add(reason)
        throw reason
      }
    }
  }

  /** @returns whether another attempt may succeed */
  #adapt(error: unknown, {options, encryption}: Attempt): boolean {
    if (!(error instanceof Error) || error instanceof QtoolError) return false
    // The pool's own error, for a caller that waited too long
    if (error.message === 'timeout exceeded when trying to connect') return true
    if (/unsupported startup parameter/.test(error.message) && options !== this.#plan.optionsOfUrl) {
      this.options.options = this.#plan.optionsOfUrl
      return true
    }
    const code = error instanceof pg.DatabaseError ? error.code : undefined
    if (code === '53300' && this.totalCount > 0) {
      this.#share()
      return true
    }
    return !this.#isProven && isOfEncryption(error) && this.#useNext(encryption)
  }

  /** Uses statements, because PgBouncer refuses start-up options or, configured to ignore them, drops them silently. */
  async #setUp(client: pg.ClientBase): Promise<void> {
    if (this.#isProven) return void (await client.query(SESSION))
    try {
      await client.query('BEGIN')
    } catch (error) {
      if (!(error instanceof pg.DatabaseError) || error.code !== '08P01') throw error
      throw new QtoolError(`Postgres at ${this.#plan.server} does not allow transactions: ${error.message}`, {
        code: 'POOL_MODE',
        kind: 'connect',
        suggestions: ['set pool_mode = transaction (or session) for this database in PgBouncer'],
        cause: error,
      })
    }
    await assertOptionsArrived(client, this.#plan.optionsOfUrl)
    await client.query(`${SESSION}; COMMIT`)
  }

  #share(): void {
    this.#sharedSince = performance.now()
    this.options.max = Math.max(1, Math.min(this.options.max, this.totalCount))
    if (this.#isTold) return
    this.#isTold = true
    this.#onShared()
  }

  /** @returns false if `failed` was the last way to connect */
  #useNext(failed: Encryption): boolean {
    const ways = this.#plan.encryptions
    const next = ways[ways.indexOf(failed) + 1]
    // After the last way, the next attempt starts over with the first
    this.options.ssl = next ?? ways[0]
    return next !== undefined
  }
}

/** Whether the next way, with TLS or without, may work although this one failed: not if nothing answers at all. */
function isOfEncryption(error: Error): boolean {
  if (error instanceof pg.DatabaseError) return true
  const isUnanswered = 'syscall' in error && /^(connect|getaddrinfo)/.test(String(error.syscall))
  return !isUnanswered && !(error instanceof AggregateError) && !/timeout/.test(error.message)
}
