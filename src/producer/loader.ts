import type {Producer} from '../queue/producer.ts'
import type {Batch, Reject, Source} from '../source/source.ts'
import {type ItemShape, itemShape, type ShapedItem} from './item-shape.ts'
import type {FeedOptions, LoadResult} from './load-options.ts'
import {type Pace, paceOf} from './pace.ts'
import {untilAborted} from './until-aborted.ts'

/** How long what was read from a pipe may wait for more, in ms; including the way to Redis it arrives within 100. */
const HELD_MS = 50

/** Takes batches from a source, makes items of them, and counts. */
export class Loader {
  readonly #options: FeedOptions
  readonly #result: LoadResult
  readonly #producer: Producer
  readonly #shape: ItemShape
  readonly #pace: Pace | undefined
  /** Aborted when the command is told to stop, or nothing more can be sent. */
  readonly #over: AbortSignal
  /** What the producer had counted before: it may have served others. */
  readonly #before: Pick<Producer, 'added' | 'duplicates' | 'items' | 'unconfirmed'>
  /** Records of the batch under way that `position` knows of. */
  #noted = 0
  /** When the oldest unsent record was read, in ms of `performance.now()`. */
  #heldSince: number | undefined

  constructor(producer: Producer, options: FeedOptions, result: LoadResult) {
    this.#options = options
    this.#result = result
    this.#producer = producer
    this.#shape = itemShape(options)
    this.#pace = paceOf(producer, options)
    this.#over = AbortSignal.any([options.signal, producer.failed])
    const {added, duplicates, items, unconfirmed} = producer
    this.#before = {added, duplicates, items, unconfirmed}
    producer.recordsPerItem = options.group ?? 1
  }

  /** What was read is sent even if reading fails: the message says how much was enqueued. */
  async takeAll(source: Source): Promise<void> {
    const reading = source[Symbol.asyncIterator]()
    try {
      for (;;) {
        const next = await this.#next(reading)
        if (next === undefined || next.done) break
        await this.#take(next.value).catch(async (error: unknown) => {
          await reading.return?.()
          throw error
        })
      }
    } catch (error) {
      await this.#finish().catch(() => {})
      throw error
    }
    await this.#finish()
  }

  /** Updates the counts of the result. */
  count(): void {
    const {read, rejected} = this.#result
    const enqueued = this.#producer.added - this.#before.added
    const duplicates = this.#producer.duplicates - this.#before.duplicates
    const unconfirmed = this.#producer.unconfirmed - this.#before.unconfirmed
    const items = this.#producer.items - this.#before.items
    Object.assign(this.#result, {enqueued, duplicates, unconfirmed, items})
    this.#result.unsent = read - enqueued - duplicates - rejected - unconfirmed
  }

  /** The next batch; undefined once loading is over. Meanwhile sends what has waited long enough. */
  async #next(reading: AsyncIterator<Batch>): Promise<IteratorResult<Batch> | undefined> {
    if (this.#heldSince === undefined) return untilAborted(reading.next(), this.#over)
    const left = this.#heldSince + HELD_MS - performance.now()
    if (left <= 0) {
      await this.#sendHeld()
      return untilAborted(reading.next(), this.#over)
    }
    let sending: Promise<void> | undefined
    const timer = setTimeout(() => {
      // A failure aborts `#over`, which ends the reading; it is thrown at the end
      sending = this.#sendHeld().catch(() => {})
    }, left)
    try {
      return await untilAborted(reading.next(), this.#over)
    } finally {
      clearTimeout(timer)
      await sending
    }
  }

  /** A batch of a pipe is taken whole, even after a stop: its lines cannot be read again. */
  async #take(batch: Batch): Promise<void> {
    const {count, rejects, flights} = batch
    const {chunks} = this.#producer
    const readAt = performance.now()
    this.#result.read += count + rejects.length
    this.#noted = 0
    await this.#producer.synchronize()
    if (flights.length > 0) await this.#options.onFlights(flights)
    for (const reject of rejects) await this.#reject(reject)
    for (let i = 0; i < count; i++) {
      const item = this.#shape.add(batch.bytes, batch.starts[i], batch.ends[i])
      if (item) {
        const isFull = item.records === this.#producer.recordsPerItem
        const sent = isFull ? this.#producer.add(item.bytes, item.start, item.end) : this.#sendAlone(item)
        if (sent) await this.#waited(sent, batch, i + 1)
      }
      const early = this.#pace?.count()
      if (early) {
        await this.#waited(early, batch, i + 1)
        if (this.#mayLeave(batch, i + 1)) {
          this.#result.read -= count - (i + 1)
          return
        }
      }
    }
    // A chunk that was sent took everything that was held before
    if (chunks !== this.#producer.chunks) this.#heldSince = undefined
    const isHolding = this.#options.isLive && (this.#producer.held > 0 || this.#shape.held > 0)
    this.#heldSince = isHolding ? (this.#heldSince ?? readAt) : undefined
    this.#note(batch, count)
  }

  /**
   * Whether the rest of a batch is left for another run: after a stop nothing waits any more, so it would be sent faster
   * than the rate allows, or into a queue that is too deep. Rejects have been told already, and must not be told twice.
   */
  #mayLeave({itemsBefore}: Batch, items: number): boolean {
    const {signal, isLive} = this.#options
    return signal.aborted && isLive === false && (itemsBefore.at(-1) ?? 0) <= items
  }

  /** Between two waits of a batch, a rate may let minutes pass. */
  async #waited(wait: Promise<void>, batch: Batch, items: number): Promise<void> {
    await wait
    this.#note(batch, items)
  }

  /** Notes that the first items of a batch were taken, and what was rejected before them. */
  #note({source, rejects, itemsBefore}: Batch, items: number): void {
    const {position, onProgress} = this.#options
    const later = itemsBefore.findIndex((before) => before > items)
    const records = items + (later < 0 ? rejects.length : later)
    position?.took(this.#producer, {source, records: records - this.#noted, isHolding: this.#shape.held > 0})
    this.#noted = records
    this.count()
    onProgress?.(this.#result)
  }

  async #reject(reject: Reject): Promise<void> {
    const {rejectedByCode} = this.#result
    this.#result.rejected++
    rejectedByCode[reject.code] = (rejectedByCode[reject.code] ?? 0) + 1
    await this.#options.onReject(reject)
  }

  async #sendHeld(): Promise<void> {
    this.#heldSince = undefined
    const last = this.#shape.finish()
    if (last) await this.#sendAlone(last)
    else await this.#producer.flush()
  }

  /** An envelope that holds fewer records than the others goes in a chunk of its own. */
  async #sendAlone({bytes, start, end, records}: ShapedItem): Promise<void> {
    await this.#producer.flush()
    const {recordsPerItem} = this.#producer
    this.#producer.recordsPerItem = records
    await this.#producer.add(bytes, start, end)
    await this.#producer.flush()
    this.#producer.recordsPerItem = recordsPerItem
  }

  async #finish(): Promise<void> {
    await this.#sendHeld().finally(() => this.#producer.finish())
    this.#options.position?.finished()
  }
}
