import {type DrainOptions, drain} from '../worker/drain.ts'
import type {WorkerObserver} from '../worker/observer.ts'
import {emptyTally, keepTally, type Tally} from '../worker/tally.ts'
import {type Bench, redisError} from './bench.ts'
import {openPlaceSink} from './place/place.ts'

/**
 * Drains the queue into the table of the place, as `qtool work` does.
 * @throws the error that opened a circuit breaker, unless the run survives outages
 */
export async function drainPlace(
  bench: Bench,
  options: Pick<DrainOptions, 'workers' | 'batch' | 'untilEmpty' | 'signal'>,
  observers: readonly WorkerObserver[] = [],
): Promise<Tally> {
  const {redis, pool, place, survivesOutages} = bench
  const away = new AbortController()
  const tally = emptyTally()
  await drain(redis, pool, await openPlaceSink(pool, place), {
    queue: place.queue,
    ledger: place.ledger,
    leaseMs: 30_000,
    maxRetries: 3,
    foreignKeys: {retries: 0, delayMs: 0},
    ...options,
    observers: [
      keepTally(tally),
      {
        breaker(server, state, error) {
          if (state !== 'open' || survivesOutages) return
          away.abort(server === 'redis' ? redisError(bench, error) : error)
        },
      },
      ...observers,
    ],
    signal: AbortSignal.any([options.signal, away.signal]),
  })
  if (away.signal.aborted) throw away.signal.reason
  return tally
}

/** Tells after every lease how many records are rows or dead letters by now. */
export function countDone(tell: (done: number) => void): WorkerObserver {
  let done = 0
  return {
    settled(_lease, {wasApplied, inserted, alreadyThere, deadLetters}) {
      if (!wasApplied) done += inserted + alreadyThere + deadLetters.length
      tell(done)
    },
  }
}
