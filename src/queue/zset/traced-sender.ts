import type {Redis} from 'ioredis'
import type {QueueKeys} from '../../redis/keys.ts'
import type {Outage} from '../../redis/outage.ts'
import type {ChunkTracing} from '../producer.ts'
import {noteTrace} from '../traces.ts'
import {ExactSender, type Shipment} from './exact-sender.ts'

export type Sender = Pick<ExactSender, 'send' | 'ask' | 'close'>

/** Opens a sender over a connection of its own, as `ExactSender.open` does. */
export async function openSender(
  redis: Redis,
  {keys, outage, tracing}: {keys: QueueKeys; outage?: Outage; tracing?: ChunkTracing},
): Promise<Sender> {
  const sender = await ExactSender.open(redis, keys, outage)
  return tracing ? new TracedSender(sender, keys, tracing) : sender
}

/** Sends like an `ExactSender`, and traces some of the shipments. */
class TracedSender implements Sender {
  readonly #sender: ExactSender
  readonly #keys: QueueKeys
  readonly #tracing: ChunkTracing

  constructor(sender: ExactSender, keys: QueueKeys, tracing: ChunkTracing) {
    this.#sender = sender
    this.#keys = keys
    this.#tracing = tracing
  }

  async send(shipment: Shipment): Promise<number> {
    const traced = this.#tracing.begin()
    if (!traced) return this.#sender.send(shipment)
    try {
      // Before the items, since a worker may take them at once; a trace is not worth an error
      const item = shipment.first()
      await this.ask((redis) => noteTrace(redis, this.#keys, traced.context, item)).catch(() => {})
      const added = await this.#sender.send(shipment)
      traced.sent(shipment.items, added)
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
