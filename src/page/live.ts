import type {Trouble} from '../monitor/trouble.ts'
import {follow, type StreamState} from './stream.ts'

/** Whether the figures on the page are of now. */
export type LinkState =
  | {state: 'connecting'}
  | {state: 'live'}
  /** `qtool serve` itself does not answer. */
  | {state: 'away'; message: string; nextTryMs: number; since: string}
  /** It does, but what it reads does not. */
  | {state: 'trouble'; trouble: Trouble}
  | {state: 'idle'}

let link: LinkState = {state: 'idle'}
const listeners = new Set<(link: LinkState) => void>()

/** Tells the state now, and whenever it changes. */
export function onLink(listener: (link: LinkState) => void): void {
  listeners.add(listener)
  listener(link)
}

/**
 * Follows the stream that the figures of a view come from. The top of the page says whether it is live.
 * @param on what to do with the data of each event, by its name
 * @param onEnd called if the server refuses the stream for good
 * @returns a function that ends it
 */
export function followLive(
  path: string,
  on: Record<string, (data: never) => void>,
  onEnd: (error: Error) => void,
): () => void {
  const heal = (act: (data: never) => void) => (data: never) => {
    set({state: 'live'})
    act(data)
  }
  const healing = Object.entries(on).map(([event, act]) => [event, heal(act)])
  const trouble = (trouble: Trouble) => set({state: 'trouble', trouble})
  set({state: 'connecting'})
  const close = follow(path, {
    on: {...Object.fromEntries(healing), trouble},
    onState: (state) => followState(state, onEnd),
  })
  return () => {
    close()
    set({state: 'idle'})
  }
}

function followState(state: StreamState, onEnd: (error: Error) => void): void {
  if (state.state === 'ended') {
    set({state: 'idle'})
    onEnd(state.error)
  } else if (state.state === 'away') {
    const since = link.state === 'away' ? link.since : new Date().toISOString()
    set({state: 'away', message: state.error.message, nextTryMs: state.nextTryMs, since})
  } else if (link.state !== 'live') set({state: 'connecting'})
}

function set(next: LinkState): void {
  if (next.state === link.state && next.state === 'live') return
  link = next
  for (const listener of listeners) listener(link)
}
