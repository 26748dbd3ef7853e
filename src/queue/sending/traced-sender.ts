import type {Outage} from '../../redis/outage.ts'
import type {LeaseBook} from '../lease-book/book.ts'
import type {ChunkTracing} from '../producer.ts'
import {noteTrace} from '../traces.ts'
import {ExactSender} from './exact-sender.ts'
import type {ShardGuard, Shipment} from './shipment.ts'

export type Sender = Pick<ExactSender, 'send' | 'ask' | 'close'>

/** Opens a sender over a connection of its own, as `ExactSender.open` does. */
export async function openSender(
  book: LeaseBook,
  options: {outage?: Outage; guard?: ShardGuard; tracing?: ChunkTracing},
): Promise<Sender> {
  const {tracing} = options
  const sender = await ExactSender.open(book, options)
  return tracing ? new TracedSender(sender, book, tracing) : sender
}

/** Sends like an `ExactSender`, and traces some of the shipments. */
class TracedSender implements Sender {
  readonly #sender: ExactSender
  readonly #book: LeaseBook
  readonly #tracing: ChunkTracing

  constructor(sender: ExactSender, book: LeaseBook, tracing: ChunkTracing) {
    this.#sender = sender
    this.#book = book
    this.#tracing = tracing
  }

  async send(shipment: Shipment): Promise<number> {
    const traced = this.#tracing.begin()
    if (!traced) return this.#sender.send(shipment)
    try {
      // Before the items, since a worker may take them at once; a trace is not worth an error
      const {engine, keys} = this.#book
      const item = shipment.first()
      if (engine.can.locate) {
        await this.ask((redis) => noteTrace(redis, keys, traced.context, item)).catch(() => {})
      }
      const added = await this.#sender.send(shipment)
      traced.sent(shipment.items, Math.max(0, added))
      return added
    } catch (error) {
      traced.failed(error)
      throw error
    }
  }

  ask: ExactSender['ask'] = (call) => this.#sender.ask(call)

  close(): Promise<void> {
    return this.#sender.close()
  }
}
