import type {Lease, NoLease, OversizedLease} from '../queue/lease.ts'
import type {Drain} from './state.ts'

/** Tells of a pause and of its end, each once, however many loops run into it. */
export function noticePause(drain: Drain, taken: Lease | OversizedLease | NoLease): void {
  const paused = 'paused' in taken && taken.paused
  if (paused === drain.tally.paused) return
  drain.tally.paused = paused
  drain.onPause?.(paused, 'ready' in taken ? taken.ready : 0)
}
