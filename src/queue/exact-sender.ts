import {randomUUID} from 'node:crypto'
import {type ChainableCommander, type Redis, ReplyError} from 'ioredis'
import {isTimeout} from '../redis/failure.ts'
import type {QueueKeys} from '../redis/keys.ts'

/** Items that go to Redis in one transaction. */
export interface Shipment {
  /** Adds its ZADD commands. */
  addTo(transaction: ChainableCommander): void
  /** Items with their scores, for the rare case that somebody has to look what became of them. */
  entries(): Array<{score: number; item: Buffer}>
}

/** How long Redis remembers what was sent: longer than any run. */
const REMEMBERED_MS = 7 * 24 * 3_600_000

/** How long a server that takes no writes may be a failover. */
const REPLICA_MS = 5000

/** Items of one look at their scores. */
const LOOK = 500

/** The connection was lost before the answer came: whether it was executed is not known yet. */
class CutError extends Error {}

/**
 * Sends each shipment exactly once, also over broken connections: each carries a number that Redis notes in the same
 * transaction. After a cut the old connection is killed, so that nothing of it can still be executed, and the number
 * tells what was. To send again blindly would bring items back that a worker has written meanwhile.
 */
export class ExactSender {
  readonly #redis: Redis
  readonly #ready: string
  readonly #sent: string
  readonly #slots: boolean[] = []
  #number = 0
  /** Id of the connection in use, by which it can be killed. */
  #clientId: number | undefined
  /** Nothing of an earlier connection can be executed any more. */
  #isSound = false
  #recovering: Promise<void> | undefined
  #lastError: unknown
  /** Rejected, with a CutError, once this connection is lost. */
  #cut: Promise<never> = new Promise(() => {})
  #onCut: () => void = () => {}
  #replicaSince: number | undefined

  private constructor(redis: Redis, keys: QueueKeys) {
    this.#redis = redis
    this.#ready = keys.ready
    this.#sent = keys.sent(randomUUID())
    this.#arm()
    redis.on('close', () => this.#onClose())
    redis.on('error', (error: unknown) => {
      this.#lastError = error
    })
  }

  /** @param redis is not used itself: a connection that never sends anything twice is opened beside it */
  static async open(redis: Redis, keys: QueueKeys): Promise<ExactSender> {
    const own = redis.duplicate({
      autoResendUnfulfilledCommands: false,
      lazyConnect: true,
      reconnectOnError: null,
    })
    const sender = new ExactSender(own, keys)
    own.connect().catch(() => {})
    await sender.#recover()
    const kept = own
      .multi()
      .hset(sender.#sent, 'began', Date.now())
      .pexpire(sender.#sent, REMEMBERED_MS)
      .exec()
    // Whatever is wrong with it, the first shipment will meet it too
    await sender.#unlessCut(kept).catch(() => {})
    return sender
  }

  /** @returns how many of its items Redis had not held before */
  async send(shipment: Shipment): Promise<number> {
    const slot = this.#takeSlot()
    const number = ++this.#number
    try {
      for (;;) {
        try {
          if (!this.#isSound) await this.#recover()
          return await this.#unlessCut(this.#attempt(slot, number, shipment))
        } catch (error) {
          if (!(await this.#isCut(error))) throw error
        }
        const added = await this.#settle(slot, number, shipment)
        if (added !== undefined) return added
      }
    } finally {
      this.#slots[slot] = false
    }
  }

  async close(): Promise<void> {
    if (this.#redis.status === 'ready') await this.#redis.unlink(this.#sent).catch(() => {})
    this.#redis.disconnect()
  }

  #takeSlot(): number {
    const free = this.#slots.indexOf(false)
    const slot = free < 0 ? this.#slots.length : free
    this.#slots[slot] = true
    return slot
  }

  async #attempt(slot: number, number: number, shipment: Shipment): Promise<number> {
    const transaction = this.#redis.multi().hset(this.#sent, slot, number)
    shipment.addTo(transaction)
    const [, ...replies] = (await transaction.exec().catch(unwrap)) ?? []
    return replies.reduce((added, [error, reply]) => {
      if (error) throw error
      return added + Number(reply)
    }, 0)
  }

  /** After a cut: what an executed shipment added; undefined where it was not executed. */
  async #settle(slot: number, number: number, shipment: Shipment): Promise<number | undefined> {
    for (;;) {
      try {
        if (!this.#isSound) await this.#recover()
        const last = await this.#unlessCut(this.#redis.hget(this.#sent, String(slot)))
        if (Number(last) !== number) return undefined
        return await this.#unlessCut(this.#countAdded(shipment))
      } catch (error) {
        if (!(await this.#isCut(error))) throw error
      }
    }
  }

  /** An item with another score was there before; one that is gone was written by a worker. */
  async #countAdded(shipment: Shipment): Promise<number> {
    const entries = shipment.entries()
    let added = 0
    for (let from = 0; from < entries.length; from += LOOK) {
      const part = entries.slice(from, from + LOOK)
      const scores = await this.#redis.zmscore(this.#ready, ...part.map(({item}) => item))
      added += part.filter(({score}, i) => scores[i] === null || Number(scores[i]) === score).length
    }
    return added
  }

  /** Whether the connection is lost; waits until it is, where that is the only way on. */
  async #isCut(error: unknown): Promise<boolean> {
    if (error instanceof CutError) return true
    if (!this.#isReplica(error) && !isTimeout(error)) return false
    // A half-open socket, or a server that has lost its office
    if (this.#isSound && this.#redis.status === 'ready') {
      this.#redis.disconnect(true)
      await this.#cut.catch(() => {})
    }
    return true
  }

  /** Only for some time: then this is no failover, but a replica. */
  #isReplica(error: unknown): boolean {
    if (!(error instanceof Error) || !error.message.startsWith('READONLY')) return false
    this.#replicaSince ??= performance.now()
    return performance.now() - this.#replicaSince < REPLICA_MS
  }

  #unlessCut<T>(work: Promise<T>): Promise<T> {
    work.catch(() => {})
    return Promise.race([work, this.#cut])
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
    while (!this.#isSound) {
      await this.#untilReady()
      try {
        if (this.#clientId !== undefined) await this.#kill(this.#clientId)
        this.#clientId = await this.#unlessCut(this.#redis.client('ID'))
        this.#isSound = true
      } catch (error) {
        if (error instanceof CutError) continue
        if (!isTimeout(error)) throw error
        this.#redis.disconnect(true)
        await this.#cut.catch(() => {})
      }
    }
  }

  /** "No such client" is the usual answer. */
  async #kill(clientId: number): Promise<void> {
    await this.#unlessCut(this.#redis.client('KILL', 'ID', String(clientId))).catch((error) => {
      if (!(error instanceof ReplyError)) throw error
    })
  }

  /** @throws what was wrong last, once the client has given up */
  #untilReady(): Promise<void> {
    return new Promise((resolve, reject) => {
      const settle = () => {
        const {status} = this.#redis
        if (status !== 'ready' && status !== 'end') return
        this.#redis.off('ready', settle).off('end', settle)
        if (status === 'ready') resolve()
        else reject(this.#lastError ?? new Error('Connection is closed.'))
      }
      this.#redis.on('ready', settle).on('end', settle)
      settle()
    })
  }
}

/** Of a transaction that was refused, the error of the command that was. */
function unwrap(error: unknown): never {
  const {previousErrors} = error as {previousErrors?: unknown[]}
  throw previousErrors?.[0] ?? error
}
