import type {Redis} from 'ioredis'
import type {Pool} from 'pg'
import {QtoolError} from '../errors.ts'
import {withPool} from '../postgres/pool.ts'
import {queueClient} from '../queue/open.ts'
import {type ConnectOptions, withRedis} from '../redis/connect.ts'
import {connectError} from '../redis/driver-error.ts'
import {describeTarget, parseRedisUrl} from '../redis/url.ts'
import type {Findings} from './findings.ts'
import {emptyPlace, type Place, withPlace} from './place/place.ts'
import {whilePostgresIsThere} from './postgres-watch.ts'
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
  /** Whether to wait for a server that is lost, as the scenario that kills servers does; otherwise the run ends. */
  survivesOutages: boolean
  /** Called with the name of each step, for the progress line, and with how long it takes if that is known. */
  onStep(text: string, lastsMs?: number): void
}

/** Spare connections for observation while the workers use all the others. */
const CONNECTIONS_BESIDE = 2

/** Timeout of a statement of a bench: a server that hangs would otherwise hold the run up for ever. */
const STATEMENT_MS = 30_000

/** How long after an interruption the connections that keep the run from ending are closed. */
const GRACE_MS = 5000

/**
 * Opens connections and makes a place, and removes both on every path. After an interruption nothing waits for a
 * server that does not answer.
 */
export async function withBench<T>(
  id: string,
  options: Omit<Bench, 'redis' | 'observer' | 'pool' | 'place' | 'onStep'> & {connections: number},
  use: (bench: Omit<Bench, 'onStep'>) => Promise<T>,
): Promise<T> {
  const {redisUrl, databaseUrl, connect, connections, signal, survivesOutages} = options
  const patient = survivesOutages ? {...connect, reconnectMs: Number.POSITIVE_INFINITY} : connect
  const hangUp = afterGrace(signal)
  const pooled = {
    max: connections + CONNECTIONS_BESIDE,
    queryTimeoutMs: STATEMENT_MS,
    hangUp: hangUp.signal,
    interrupt: connect.interrupt,
  }
  const watched = survivesOutages
    ? (_pool: Pool, use: (signal: AbortSignal) => Promise<T>) => use(signal)
    : (pool: Pool, use: (signal: AbortSignal) => Promise<T>) => whilePostgresIsThere(pool, signal, use)
  const open = withRedis(redisUrl, patient, (redis) =>
    withRedis(redisUrl, patient, (observer) =>
      withPool(databaseUrl, pooled, (pool) => {
        hangUp.signal.addEventListener('abort', () => {
          redis.disconnect()
          observer.disconnect()
        })
        return watched(pool, (signal) => {
          const at = {id: id.replaceAll('-', '_'), signal, survivesOutages}
          return withPlace(redis, pool, at, async (place) => {
            // What is measured of Redis is measured of the node that has the queue
            const [own, beside] = await Promise.all(
              [redis, observer].map((one) => queueClient(one, place.queue)),
            )
            return use({...options, signal, redis: own, observer: beside, pool, place})
          })
        })
      }),
    ),
  )
  try {
    return await open
  } catch (error) {
    // The connections that an interruption closes look as if the server were unreachable
    throw hangUp.signal.aborted && !isInterruption(error) ? interruptedHard(id, error) : error
  } finally {
    hangUp.forget()
  }
}

function isInterruption(error: unknown): boolean {
  return error instanceof QtoolError && error.kind === 'interrupted'
}

function interruptedHard(id: string, cause: unknown): QtoolError {
  return new QtoolError('interrupted while a server did not answer; nothing was measured', {
    code: 'INTERRUPTED',
    kind: 'interrupted',
    suggestions: [`a schema and keys with "${id}" in their names may be left over`],
    cause,
  })
}

/** A signal that is aborted GRACE_MS after `signal`, unless `forget` is called before. */
function afterGrace(signal: AbortSignal): {signal: AbortSignal; forget(): void} {
  const late = new AbortController()
  let timer: NodeJS.Timeout | undefined
  const start = () => {
    timer = setTimeout(() => late.abort(), GRACE_MS)
  }
  if (signal.aborted) start()
  else signal.addEventListener('abort', start)
  return {
    signal: late.signal,
    forget() {
      signal.removeEventListener('abort', start)
      clearTimeout(timer)
    },
  }
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
          if (round > 1) await emptyPlace(bench.pool, bench.place)
          return scenario({...bench, onStep})
        },
      }),
    )
}

/** Translates an error of Redis: further up, nobody could tell which server it came from. */
export function redisError({redisUrl}: Bench, error: unknown): QtoolError {
  return connectError(error, describeTarget(parseRedisUrl(redisUrl)))
}
