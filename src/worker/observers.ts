import type {WorkerObserver} from './observer.ts'

/** One observer that passes every event on to all of these, in their order. */
export function fanOut(observers: readonly WorkerObserver[]): Required<WorkerObserver> {
  const each = (tell: (observer: WorkerObserver) => void) => {
    for (const observer of observers) tell(observer)
  }
  return {
    taken: (lease) => each((one) => one.taken?.(lease)),
    written: (lease, written, ms) => each((one) => one.written?.(lease, written, ms)),
    settled: (lease, written) => each((one) => one.settled?.(lease, written)),
    gaveBack: (lease, why, error) => each((one) => one.gaveBack?.(lease, why, error)),
    split: (lease) => each((one) => one.split?.(lease)),
    lost: (lease) => each((one) => one.lost?.(lease)),
    breaker: (server, state, error) => each((one) => one.breaker?.(server, state, error)),
    paused: (paused, items, pause) => each((one) => one.paused?.(paused, items, pause)),
    sinkChanged: (sink) => each((one) => one.sinkChanged?.(sink)),
  }
}
