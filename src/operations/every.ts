import {setTimeout as delay} from 'node:timers/promises'
import {untilAborted} from '../producer/until-aborted.ts'

/** How views follow each other. */
export interface Views<T> {
  /** Time between the end of one look and the next, ms. */
  everyMs: number
  onView(view: T): void
}

/** Looks every so often, until the signal is aborted, which also ends the wait for a look. */
export async function lookEvery<T extends object>(
  signal: AbortSignal,
  {everyMs, onView}: Views<T>,
  look: () => Promise<T>,
): Promise<void> {
  while (!signal.aborted) {
    const view = await untilAborted(look(), signal)
    if (view) onView(view)
    await delay(everyMs, undefined, {signal}).catch(() => {})
  }
}
