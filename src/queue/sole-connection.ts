import {type Redis, ReplyError} from 'ioredis'
import {closeRedis, duplicateRedis} from '../redis/client.ts'
import {isTimeout} from '../redis/failure.ts'
import {isPassing, Patience} from './patience.ts'

/** The connection was lost before the answer came: whether it was executed is not known yet. */
export class CutError extends Error {}

/** By both of them one connection is meant: a server that was restarted gives the same ids to others. */
interface ClientName {
  id: string
  addr: string
}

/**
 * A connection that never sends anything twice by itself. After a cut the one before is killed, so that nothing of it
 * can still be executed once `run` goes on.
 */
export class SoleConnection {
  /** Connections so far: another one may lead to another server, or to one that has lost its memory. */
  count = 0
  readonly #redis: Redis
  /** The connection in use, by which it can be killed. */
  #name: ClientName | undefined
  /** Nothing of an earlier connection can be executed any more. */
  #isSound = false
  #recovering: Promise<void> | undefined
  #lastError: unknown
  /** Rejected, with a CutError, once this connection is lost. */
  #cut: Promise<never> = new Promise(() => {})
  #onCut: () => void = () => {}

  private constructor(redis: Redis) {
    this.#redis = redis
    this.#arm()
    redis.on('close', () => this.#onClose())
    redis.on('error', (error: unknown) => {
      this.#lastError = error
    })
  }

  /** @param redis is not used itself: the connection is opened beside it */
  static async open(redis: Redis): Promise<SoleConnection> {
    const own = await duplicateRedis(redis, {
      autoResendUnfulfilledCommands: false,
      reconnectOnError: null,
    })
    const connection = new SoleConnection(own)
    own.connect().catch(() => {})
    try {
      await connection.#recover()
    } catch (error) {
      // Nobody else knows of it, and a connection that stands keeps the process alive
      closeRedis(own)
      throw error
    }
    return connection
  }

  /** The client has given up: it will not come back. */
  get isOver(): boolean {
    return this.#redis.status === 'end'
  }

  /** @throws CutError where the connection was lost before the answer, else what `ask` throws */
  async run<T>(ask: (redis: Redis) => Promise<T>): Promise<T> {
    if (!this.#isSound) await this.#recover()
    return this.#unlessCut(ask(this.#redis))
  }

  /** Leaves this connection for another one: its socket is half open, or its server has lost its office. */
  async renew(): Promise<void> {
    if (!this.#isSound || this.#redis.status !== 'ready') return
    this.#redis.disconnect(true)
    await this.#cut.catch(() => {})
  }

  /** @param last is asked before, where there is still somebody to ask */
  async close(last: (redis: Redis) => Promise<unknown>): Promise<void> {
    if (this.#redis.status === 'ready') await last(this.#redis).catch(() => {})
    closeRedis(this.#redis)
  }

  async #unlessCut<T>(work: Promise<T>): Promise<T> {
    work.catch(() => {})
    const cut = this.#cut
    try {
      return await Promise.race([work, cut])
    } catch (error) {
      // What the client says of a broken connection may come first
      throw cut === this.#cut ? error : new CutError()
    }
  }

  #arm(): void {
    this.#cut = new Promise((_, reject) => {
      this.#onCut = () => reject(new CutError())
    })
    this.#cut.catch(() => {})
  }

  #onClose(): void {
    const lost = this.#onCut
    this.#isSound = false
    this.#arm()
    lost()
  }

  #recover(): Promise<void> {
    this.#recovering ??= this.#reconnect().finally(() => {
      this.#recovering = undefined
    })
    return this.#recovering
  }

  /** Waits until there is a connection again, and kills what the server may still hold of the one before. */
  async #reconnect(): Promise<void> {
    const patience = new Patience()
    while (!this.#isSound) {
      await this.#untilReady()
      try {
        if (this.#name) await this.#kill(this.#name)
        this.#name = nameOf(await this.#unlessCut(this.#redis.client('INFO')))
        this.#isSound = true
        this.count++
      } catch (error) {
        if (error instanceof CutError) continue
        if (isPassing(error) && (await patience.wait())) continue
        if (!isTimeout(error)) throw error
        this.#redis.disconnect(true)
        await this.#cut.catch(() => {})
      }
    }
  }

  /** That there is none to kill is the usual answer, and no error in this form of the command. */
  async #kill({id, addr}: ClientName): Promise<void> {
    await this.#unlessCut(this.#redis.call('CLIENT', 'KILL', 'ID', id, 'ADDR', addr))
  }

  /** @throws once the client has given up */
  #untilReady(): Promise<void> {
    return new Promise((resolve, reject) => {
      const settle = () => {
        const {status} = this.#redis
        if (status !== 'ready' && status !== 'end') return
        this.#redis.off('ready', settle).off('end', settle)
        if (status === 'ready') resolve()
        else reject(reasonOf(this.#lastError))
      }
      this.#redis.on('ready', settle).on('end', settle)
      settle()
    })
  }
}

/** What Redis said, else the words every client has for a server that cannot be reached; they are translated once. */
function reasonOf(last: unknown): unknown {
  return last instanceof ReplyError ? last : new Error('Connection is closed.', {cause: last})
}

/** `id=7 addr=127.0.0.1:40000 laddr=…` */
function nameOf(info: unknown): ClientName {
  const [, id, addr] = /^id=(\d+) addr=(\S+)/.exec(String(info)) ?? []
  if (id === undefined || addr === undefined) {
    throw new Error(`expected CLIENT INFO to begin with id and addr, got ${String(info).slice(0, 80)}`)
  }
  return {id, addr}
}
