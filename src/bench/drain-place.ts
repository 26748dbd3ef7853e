import {drain} from '../worker/drain.ts'
import type {WorkerObserver} from '../worker/observer.ts'
import {NO_FUSE, type Policy, USUAL} from '../worker/policy.ts'
import {emptyTally, keepTally, type Tally} from '../worker/tally.ts'
import {type Bench, redisError} from './bench.ts'
import {openPlaceSinks} from './place/place.ts'

/**
 * Drains the queue into the table of the place, as `qtool work` does.
 * @throws the error that opened a circuit breaker, unless the run survives outages
 */
export async function drainPlace(
  bench: Bench,
  {signal, ...load}: Pick<Policy, 'workers' | 'batch' | 'untilEmpty'> & {signal: AbortSignal},
  observers: readonly WorkerObserver[] = [],
): Promise<Tally> {
  const {redis, pool, place, survivesOutages} = bench
  const away = new AbortController()
  const tally = emptyTally()
  const target = {queue: place.queue, sinks: await openPlaceSinks(pool, place), ledger: place.ledger}
  await drain({redis, pool}, target, {
    // The scenario says how many records are bad, and compares numbers of workers
    policy: {...USUAL, fuse: NO_FUSE, openingMs: 0, ...load},
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
    signal: AbortSignal.any([signal, away.signal]),
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
