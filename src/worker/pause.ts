import type {Lease, NoLease, OversizedLease} from '../queue/lease-book/lease.ts'
import type {Drain} from './state.ts'

/** Reports a pause and its end once each, however many loops notice them. */
export function noticePause(drain: Drain, taken: Lease | OversizedLease | NoLease): void {
  const paused = 'paused' in taken && taken.paused
  if (paused === drain.tally.paused) return
  drain.tally.paused = paused
  drain.onPause?.(paused, 'ready' in taken ? taken.ready : 0)
}
