import {duration} from './format.ts'

/** @param forMs ms until the queue is resumed; undefined if somebody has to do that */
export function renderPause(queue: string, forMs: number | undefined): string {
  return `queue ${queue} is paused ${forMs === undefined ? 'until "qtool resume"' : `for ${duration(forMs)}`}`
}
