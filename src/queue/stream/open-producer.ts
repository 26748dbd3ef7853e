import {usageError} from '../../errors.ts'
import {Outage} from '../../redis/outage.ts'
import type {OpenedBook} from '../engine-calls.ts'
import type {ProducerOptions} from '../producer.ts'
import {Enqueuer} from '../sending/enqueuer.ts'
import {streamWriter} from './stream-writer.ts'

/**
 * Opens a producer; Redis gives the entries their ids, and so their times.
 * @throws QtoolError (usage) for a priority other than 0
 */
export async function openStreamProducer(
  book: OpenedBook,
  {mode, batch, priority, onOutage, signal = NEVER, tracing}: ProducerOptions,
): Promise<Enqueuer> {
  if (priority !== 0) {
    throw usageError(
      `expected no --priority for a stream, whose entries leave in the order in which they came, got ${priority}`,
      'leave --priority out, or use a queue whose engine is zset',
    )
  }
  return Enqueuer.open(book, {
    mode,
    batch,
    writer: streamWriter(book.keys.ready),
    tracing,
    outage: onOutage && new Outage({signal, note: onOutage}),
  })
}

const NEVER = new AbortController().signal
