import type {Redis} from 'ioredis'
import type {Pool} from 'pg'
import type {DrainOptions} from '../worker/drain.ts'
import {drain} from '../worker/drain.ts'
import type {Tally} from '../worker/tally.ts'
import {openPlaceSink, type Place} from './place.ts'

/** What every scenario works with. */
export interface Bench {
  redis: Redis
  /** At least as many connections as the scenario has workers, and two more to look on. */
  pool: Pool
  redisUrl: string
  databaseUrl: string
  place: Place
  signal: AbortSignal
  /** Told what is going on, for whoever watches. */
  onStep(text: string): void
}

/** As `qtool work` does it, into the table of the place. */
export async function drainPlace(
  bench: Bench,
  options: Pick<DrainOptions, 'workers' | 'batch' | 'untilEmpty' | 'signal'> &
    Partial<Pick<DrainOptions, 'onLease' | 'onWritten' | 'onBreaker' | 'leaseMs'>>,
): Promise<Tally> {
  const {redis, pool, place} = bench
  return drain(redis, pool, await openPlaceSink(pool, place), {
    queue: place.queue,
    keys: place.keys,
    ledger: place.ledger,
    leaseMs: 30_000,
    maxRetries: 3,
    foreignKeys: {retries: 0, delayMs: 0},
    ...options,
  })
}
