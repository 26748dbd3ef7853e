import type {Redis} from 'ioredis'
import type {QueueKeys} from '../../redis/keys.ts'
import {Outage} from '../../redis/outage.ts'
import type {ProducerOptions} from '../producer.ts'
import {Enqueuer} from './enqueuer.ts'
import {RedisClock} from './redis-clock.ts'
import {ScoreClock} from './score.ts'

/** Opens a producer whose scores follow the clock of Redis. */
export async function openEnqueuer(
  redis: Redis,
  keys: QueueKeys,
  {mode, batch, priority, onOutage, signal = NEVER, tracing}: ProducerOptions,
): Promise<Enqueuer> {
  const redisClock = new RedisClock()
  await redisClock.read(redis)
  return Enqueuer.open(redis, {
    keys,
    mode,
    batch,
    clock: new ScoreClock(priority, redisClock.now),
    redisClock,
    tracing,
    outage: onOutage && new Outage({signal, note: onOutage}),
  })
}

const NEVER = new AbortController().signal
