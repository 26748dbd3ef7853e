import type {Redis} from 'ioredis'
import {Outage} from '../../redis/outage.ts'
import type {OpenedBook} from '../engine-calls.ts'
import type {ProducerOptions} from '../producer.ts'
import {Enqueuer} from '../sending/enqueuer.ts'
import {RedisClock} from '../sending/redis-clock.ts'
import type {ShardGuard} from '../sending/shipment.ts'
import {ScoreClock} from './score.ts'
import {setWriter} from './set-writer.ts'

/** What gives items their scores: of one clock, they are in the order in which they were asked for. */
export interface Scoring {
  redisClock: RedisClock
  scores: ScoreClock
}

/** Starts a clock that follows that of Redis. */
export async function startScoring(redis: Redis, priority: number): Promise<Scoring> {
  const redisClock = new RedisClock()
  await redisClock.read(redis)
  return {redisClock, scores: new ScoreClock(priority, redisClock.now)}
}

/** What the producers of all shards of a queue share. */
export interface SharedByShards {
  guard: ShardGuard
  /** An item that moves to another shard keeps its score, so that all shards need the same clock. */
  scoring: Scoring
}

/** Opens a producer whose scores follow the clock of Redis. @param shared for a shard */
export async function openEnqueuer(
  book: OpenedBook,
  {mode, batch, priority, onOutage, signal = NEVER, tracing}: ProducerOptions,
  shared?: SharedByShards,
): Promise<Enqueuer> {
  const {redisClock, scores} = shared?.scoring ?? (await startScoring(book.redis, priority))
  return Enqueuer.open(book, {
    mode,
    batch,
    writer: setWriter(book.keys.ready, scores),
    redisClock,
    tracing,
    guard: shared?.guard,
    outage: onOutage && new Outage({signal, note: onOutage}),
  })
}

const NEVER = new AbortController().signal
