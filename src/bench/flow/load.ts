import type {Redis} from 'ioredis'
import type {QueueEngine} from '../../queue/engine.ts'
import {LatencyHistogram} from '../measure/histogram.ts'

export interface LoadOptions {
  /** Records a second. */
  rate: number
  /** Whole seconds of warm-up before the measurement, which are not counted. */
  warmupSeconds: number
  /** 0: nothing is drained, and a record is done when Redis has answered. */
  workers: number
  /** Called for every committed row with the time at which its record was sent. */
  onRow?: (sentAt: number) => void
}

/** A record in flight. */
interface Open {
  sentAt: number
  waitedMs: number
  /** Number of the connection that carries it, from 1. */
  connection: number
  isConfirmed: boolean
  isWritten: boolean
  /** When its row was committed; undefined if that was when `written` was called. */
  writtenAt: number | undefined
  resolve(endedAt?: number): void
  reject(error: Error): void
}

/** Sends records one by one, and follows each until Redis has confirmed it and its row is committed. */
export class Load {
  /** Numbers of the points that Redis confirmed. */
  readonly acked: number[] = []
  readonly replies = {corrected: new LatencyHistogram(), raw: new LatencyHistogram()}
  readonly #redis: Redis
  readonly #queue: QueueEngine
  readonly #make: (i: number) => string
  readonly #warm: number
  readonly #isDrained: boolean
  readonly #onRow: (sentAt: number) => void
  readonly #open = new Map<number, Open>()
  #connection = 0

  /** @param make the record of a number */
  constructor(
    redis: Redis,
    queue: QueueEngine,
    make: (i: number) => string,
    {rate, warmupSeconds, workers, onRow = () => {}}: LoadOptions,
  ) {
    this.#redis = redis
    this.#queue = queue
    this.#make = make
    this.#warm = rate * warmupSeconds
    this.#isDrained = workers > 0
    this.#onRow = onRow
    redis.on('ready', () => this.#connection++)
    redis.on('close', () => this.#loseReplies())
  }

  /**
   * Settles once the row of the record is committed or, if nothing is drained, Redis has answered.
   * @returns when it was, as `performance.now()` gives it, if `written` said so
   * @throws the error of Redis, or an Error if the connection that carried the record broke
   */
  send(i: number, waitedMs: number): Promise<number | undefined> {
    const sentAt = performance.now()
    // A record sent while there is no connection goes out over the next one
    const connection = this.#redis.status === 'ready' ? this.#connection : this.#connection + 1
    const done = new Promise<number | undefined>((resolve, reject) => {
      this.#open.set(i, {
        sentAt,
        waitedMs,
        connection,
        isConfirmed: false,
        isWritten: false,
        writtenAt: undefined,
        resolve,
        reject,
      })
    })
    this.#queue.put(this.#make(i), Date.now()).then(
      () => this.#confirmed(i),
      (error: Error) => this.#failed(i, error),
    )
    return done
  }

  /**
   * To be called once the rows of these records are committed.
   * @param at when they were, as `performance.now()` gives it; now by default
   */
  written(numbers: number[], at?: number): void {
    for (const i of numbers) {
      const record = this.#open.get(i)
      if (!record) continue
      record.isWritten = true
      record.writtenAt = at
      this.#onRow(record.sentAt)
      this.#finish(i, record)
    }
  }

  #confirmed(i: number): void {
    this.acked.push(i)
    const record = this.#open.get(i)
    if (!record) return
    record.isConfirmed = true
    this.#time(i, record, 'record')
    this.#finish(i, record)
  }

  #time(i: number, {sentAt, waitedMs}: Open, how: 'record' | 'recordAtLeast'): void {
    if (i < this.#warm) return
    const took = performance.now() - sentAt
    this.replies.raw[how](took)
    this.replies.corrected[how](took + waitedMs)
  }

  /** Stops waiting for replies: each unanswered record took at least this long. */
  giveUp(): void {
    for (const [i, record] of this.#open) if (!record.isConfirmed) this.#time(i, record, 'recordAtLeast')
    this.#open.clear()
  }

  #finish(i: number, {isConfirmed, isWritten, writtenAt, resolve}: Open): void {
    if (!isConfirmed || !(isWritten || !this.#isDrained)) return
    this.#open.delete(i)
    resolve(writtenAt)
  }

  #failed(i: number, error: Error): void {
    const record = this.#open.get(i)
    if (!record) return
    this.#open.delete(i)
    // As for any other operation, the latency of a failed record is the time until its failure was known
    if (!record.isConfirmed) this.#time(i, record, 'record')
    record.reject(error)
  }

  /** Fails records sent over a lost connection: they will never be answered, and ioredis does not report it. */
  #loseReplies(): void {
    for (const [i, {connection, isConfirmed}] of this.#open) {
      if (connection <= this.#connection && !isConfirmed)
        this.#failed(i, new Error('the connection was lost before Redis answered'))
    }
  }
}
