import {Outage} from '../../redis/outage.ts'
import type {OpenedBook} from '../engine-calls.ts'
import type {ProducerOptions} from '../producer.ts'
import {Enqueuer} from '../sending/enqueuer.ts'
import {streamWriter} from './stream-writer.ts'

/** Opens a producer; Redis gives the entries their ids, and so their times. */
export async function openStreamProducer(
  book: OpenedBook,
  {mode, batch, onOutage, signal = NEVER, tracing}: ProducerOptions,
): Promise<Enqueuer> {
  return Enqueuer.open(book, {
    mode,
    batch,
    writer: streamWriter(book.keys.ready),
    tracing,
    outage: onOutage && new Outage({signal, note: onOutage}),
  })
}

const NEVER = new AbortController().signal
