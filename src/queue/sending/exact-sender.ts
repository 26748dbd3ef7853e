import {randomUUID} from 'node:crypto'
import type {Redis} from 'ioredis'
import {CutError} from '../../redis/cuts.ts'
import {confirm} from '../../redis/durability.ts'
import {isElsewhere, isTimeout, isTransient} from '../../redis/failure.ts'
import type {Outage} from '../../redis/outage.ts'
import {Patience} from '../../redis/patience.ts'
import {SoleConnection} from '../../redis/sole-connection.ts'
import type {LeaseBook} from '../lease-book/book.ts'
import {countAdded, parseNote} from './enqueue-count.ts'
import {REFUSED, type ShardGuard, type Shipment} from './shipment.ts'

interface SenderOptions {
  /**
   * How to wait while Redis is unreachable; by default 10 s after a refusal, and after a cut as long as the client would
   * try to reconnect.
   */
  outage?: Outage
  /** For a shard. */
  guard?: ShardGuard
}

/** How long Redis keeps the notes of what was sent, after their expiry was last extended. */
const REMEMBERED_MS = 7 * 24 * 3_600_000

/** How often the expiry is extended, since a producer may run for longer than that. */
const TELL_MS = 3_600_000

/**
 * Sends each shipment exactly once, even if connections break: each carries a number that Redis notes in the same
 * transaction, together with how many items it added; after a cut the note shows whether it was executed. Sending
 * again blindly would bring back items that a worker has written meanwhile.
 */
export class ExactSender {
  readonly #connection: SoleConnection
  readonly #book: LeaseBook
  readonly #sent: string
  readonly #slots: boolean[] = []
  #number = 0
  /** When the expiry was last extended, in ms of `performance.now()`, and over which connection. */
  #told = {at: Number.NEGATIVE_INFINITY, connection: 0}
  readonly #outage: Outage | undefined
  readonly #guard: ShardGuard | undefined
  /** Whether anything has been sent; before that, a refusal to write means a wrong address. */
  #hasSent = false

  private constructor(connection: SoleConnection, book: LeaseBook, {outage, guard}: SenderOptions) {
    this.#connection = connection
    this.#outage = outage
    this.#guard = guard
    this.#book = book
    this.#sent = book.keys.sent(randomUUID())
  }

  /** @param book its client gives only its options: a separate connection is opened that never sends anything twice */
  static async open(book: LeaseBook, options: SenderOptions = {}): Promise<ExactSender> {
    return new ExactSender(await SoleConnection.open(book.redis, options.outage), book, options)
  }

  /** @returns how many of its items were new to Redis, or `REFUSED` */
  async send(shipment: Shipment): Promise<number> {
    shipment.epoch = this.#guard?.epoch
    const slot = this.#takeSlot()
    const number = ++this.#number
    let isFirst = true
    try {
      const added = await this.#insist(() => {
        const wasFirst = isFirst
        isFirst = false
        return this.#try(slot, number, shipment, wasFirst)
      })
      this.#hasSent = true
      if (this.#guard && added === REFUSED) this.#guard.isStale = true
      return added
    } finally {
      this.#slots[slot] = false
    }
  }

  /** Runs a read-only call, and repeats it if the connection breaks or Redis refuses it for a while. */
  ask<T>(call: (redis: Redis) => Promise<T>): Promise<T> {
    return this.#insist(() => this.#connection.run(call))
  }

  async #insist<T>(attempt: () => Promise<T>): Promise<T> {
    const patience = new Patience(() => (this.#hasSent ? this.#outage : undefined))
    for (;;) {
      try {
        const answer = await attempt()
        this.#outage?.served()
        return answer
      } catch (error) {
        if (!(await this.#mayTryAgain(error, patience))) throw error
      }
    }
  }

  close(): Promise<void> {
    return this.#connection.close((redis) => redis.unlink(this.#sent))
  }

  #takeSlot(): number {
    const free = this.#slots.indexOf(false)
    const slot = free < 0 ? this.#slots.length : free
    this.#slots[slot] = true
    return slot
  }

  /** @returns how many items it added, now or in an earlier attempt */
  async #try(slot: number, number: number, shipment: Shipment, isFirst: boolean): Promise<number> {
    const added = isFirst ? undefined : await this.#find(slot, number)
    return added ?? this.#attempt(slot, number, shipment)
  }

  #attempt(slot: number, number: number, shipment: Shipment): Promise<number> {
    return this.#connection.run(async (redis) => {
      const connection = this.#connection.count
      const isToTell = performance.now() - this.#told.at > TELL_MS || connection !== this.#told.connection
      const transaction = redis.multi()
      const {recordsPerItem, epoch} = shipment
      const note = {sent: this.#sent, slot, number, recordsPerItem, epoch}
      countAdded(transaction, this.#book, note, () => shipment.addTo(transaction))
      if (isToTell) transaction.pexpire(this.#sent, REMEMBERED_MS)
      const executing = transaction.exec().catch(unwrap)
      // Sent behind the transaction without waiting for its reply
      const confirming = this.#confirm(redis)
      const replies = (await executing) ?? []
      if (isToTell) this.#told = {at: performance.now(), connection}
      const added = countOf(isToTell ? replies.slice(0, -1) : replies)
      await confirming
      return added
    })
  }

  /** Confirms what this connection has written. Its failure counts only for those who wait for it. */
  #confirm(redis: Redis): Promise<void> {
    const confirming = confirm(redis, this.#book.durability)
    confirming.catch(() => {})
    return confirming
  }

  /**
   * How many items an earlier attempt added; undefined if it was not executed, or if a failover lost it. A connection
   * that has written nothing has nothing to confirm, so that this one writes something first.
   */
  #find(slot: number, number: number): Promise<number | undefined> {
    return this.#connection.run(async (redis) => {
      const finding = redis.hget(this.#sent, String(slot))
      const touching = redis.pexpire(this.#sent, REMEMBERED_MS)
      const confirming = this.#confirm(redis)
      const [note] = await Promise.all([finding, touching])
      const last = parseNote(note)
      if (last?.number !== number) return undefined
      await confirming
      return last.added
    })
  }

  /** Waits until another attempt makes sense. @returns false if none does */
  async #mayTryAgain(error: unknown, patience: Patience): Promise<boolean> {
    if (error instanceof CutError) return true
    if (this.#connection.isOver) return false
    const isHalfOpen = isTimeout(error)
    if (!isHalfOpen && !(isTransient(error) && (await patience.wait(error)))) return false
    // The primary was demoted to a replica, or the slot is elsewhere: another connection may lead there by now
    if (isHalfOpen || isElsewhere(error)) await this.#connection.renew()
    return true
  }
}

type Reply = [error: Error | null, reply: unknown]

/** The number of items that an executed transaction added: its last reply. @throws the first error among its replies */
function countOf(replies: Reply[]): number {
  for (const [error] of replies) if (error) throw error
  return Number(replies.at(-1)?.[1])
}

/**
 * Throws the reason why a transaction was refused, and so not executed: the error of one of its commands, or of EXEC
 * itself.
 */
function unwrap(error: Error & {previousErrors?: unknown[]}): never {
  if (error.previousErrors?.[0]) throw error.previousErrors[0]
  error.message = error.message.replace(/^EXECABORT Transaction discarded because of: /, '')
  throw error
}
