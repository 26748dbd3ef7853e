import type {Take} from '../queue/engine.ts'
import type {Drain} from './state.ts'

/** Reports a pause and its end once each, however many loops notice them. */
export function noticePause(drain: Drain, taken: Take): void {
  const paused = taken.state === 'paused'
  if (paused === drain.tally.paused) return
  drain.tally.paused = paused
  drain.onPause?.(paused, 'ready' in taken ? taken.ready : 0)
}
