import {Outage} from '../../redis/outage.ts'
import type {OpenedBook} from '../engine-calls.ts'
import type {ProducerOptions} from '../producer.ts'
import {Enqueuer} from '../sending/enqueuer.ts'
import type {ShardGuard} from '../sending/exact-sender.ts'
import {RedisClock} from '../sending/redis-clock.ts'
import {ScoreClock} from './score.ts'
import {setWriter} from './set-writer.ts'

/** Opens a producer whose scores follow the clock of Redis. @param guard for a shard */
export async function openEnqueuer(
  book: OpenedBook,
  {mode, batch, priority, onOutage, signal = NEVER, tracing}: ProducerOptions,
  guard?: ShardGuard,
): Promise<Enqueuer> {
  const redisClock = new RedisClock()
  await redisClock.read(book.redis)
  return Enqueuer.open(book, {
    mode,
    batch,
    writer: setWriter(book.keys.ready, new ScoreClock(priority, redisClock.now)),
    redisClock,
    tracing,
    guard,
    outage: onOutage && new Outage({signal, note: onOutage}),
  })
}

const NEVER = new AbortController().signal
