import type {Redis} from 'ioredis'
import type {Pool} from 'pg'
import {type ConnectOptions, withRedis} from '../redis/connect.ts'
import {withPool} from '../sink/pool.ts'
import {type DrainOptions, drain} from '../worker/drain.ts'
import type {Tally} from '../worker/tally.ts'
import type {Findings} from './findings.ts'
import {emptyPlace, openPlaceSink, type Place, withPlace} from './place.ts'
import type {OpenSession} from './run-rounds.ts'

/** What every scenario works with. */
export interface Bench {
  redis: Redis
  /** A connection that carries no load. */
  observer: Redis
  pool: Pool
  redisUrl: string
  databaseUrl: string
  connect: ConnectOptions
  place: Place
  signal: AbortSignal
  /** Told what is going on, for whoever watches. */
  onStep(text: string): void
}

/** To look on while the workers use the others. */
const CONNECTIONS_BESIDE = 2

/** Opens connections and makes a place; both are gone on every path. */
export async function withBench<T>(
  id: string,
  options: Omit<Bench, 'redis' | 'observer' | 'pool' | 'place' | 'onStep'> & {connections: number},
  use: (bench: Omit<Bench, 'onStep'>) => Promise<T>,
): Promise<T> {
  const {redisUrl, databaseUrl, connect, connections} = options
  // A server that a scenario kills is waited for
  const patient = {...connect, reconnectMs: Number.POSITIVE_INFINITY}
  const pooled = {max: connections + CONNECTIONS_BESIDE}
  return withRedis(redisUrl, patient, (redis) =>
    withRedis(redisUrl, patient, (observer) =>
      withPool(databaseUrl, pooled, (pool) =>
        withPlace(redis, pool, id.replaceAll('-', '_'), (place) =>
          use({...options, redis, observer, pool, place}),
        ),
      ),
    ),
  )
}

/** A session of a scenario that needs both servers and a place. */
export function benchSession(
  options: Parameters<typeof withBench>[1],
  scenario: (bench: Bench) => Promise<Findings>,
): OpenSession {
  return (id, use) =>
    withBench(id, options, (bench) =>
      use({
        observer: bench.observer,
        pool: bench.pool,
        async run(round, onStep) {
          if (round > 1) await emptyPlace(bench.redis, bench.pool, bench.place)
          return scenario({...bench, onStep})
        },
      }),
    )
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
