import {setMaxListeners} from 'node:events'
import {setTimeout as wait} from 'node:timers/promises'
import {QtoolError} from './errors.ts'

/** How a command is told to stop, and how it tells the user what that leads to. */
export interface Interrupt {
  /** Aborted by the first Ctrl-C. */
  signal: AbortSignal
  note(text: string): void
  /** The message if it comes before there is a connection. */
  early?: string
}

/** How long a server may be silent once a command is to stop, ms. A server that answers is waited for. */
const SILENCE_MS = 1500

const ASK_AGAIN_MS = 500

/** A server that may have stopped answering. */
export interface WatchedServer {
  /** For messages. */
  name: string
  /** Resolves once the server has answered, whatever it says. */
  ask(): Promise<unknown>
  /** Ends all waiting for it. */
  giveUp(): void
}

/**
 * After an interrupt, gives a server up that does not answer: a command that waits for it would otherwise end only
 * when its own limits for a call or a statement are over.
 * @returns what ends the watch
 */
export function giveUpIfSilent({signal, note}: Interrupt, {name, ask, giveUp}: WatchedServer): () => void {
  const over = new AbortController()
  const pause = (ms: number) => wait(ms, undefined, {ref: false, signal: over.signal}).catch(() => {})
  const watch = async () => {
    while (!over.signal.aborted) {
      const isThere = await Promise.race([
        ask().then(
          () => true,
          () => pause(SILENCE_MS),
        ),
        pause(SILENCE_MS),
      ])
      if (over.signal.aborted) return
      if (!isThere) {
        note(`${name} does not answer, so nothing more is waited for`)
        giveUp()
      }
      await pause(ASK_AGAIN_MS)
    }
  }
  const start = () => void watch()
  if (signal.aborted) start()
  else {
    // Every connection listens
    setMaxListeners(0, signal)
    signal.addEventListener('abort', start, {once: true})
  }
  return () => {
    signal.removeEventListener('abort', start)
    over.abort()
  }
}

/** The error itself, or one that says "interrupted" where a server was not waited for because of that. */
export function orInterrupted(interrupt: Interrupt | undefined, error: unknown): unknown {
  if (!interrupt?.signal.aborted || !(error instanceof QtoolError) || error.kind !== 'connect') return error
  return new QtoolError(`interrupted: ${error.message}`, {
    code: 'INTERRUPTED',
    kind: 'interrupted',
    suggestions: ['what was under way may have been done; qtool inspect and qtool audit show it'],
    cause: error,
  })
}

/** Rejects once the command is to stop; for what need not be waited for then. */
export async function whenInterrupted({signal, early}: Interrupt, settled: AbortSignal): Promise<never> {
  await new Promise<void>((resolve) => {
    if (signal.aborted) resolve()
    else signal.addEventListener('abort', () => resolve(), {once: true, signal: settled})
  })
  throw new QtoolError(early ?? 'interrupted before there was a connection', {
    code: 'INTERRUPTED',
    kind: 'interrupted',
  })
}
