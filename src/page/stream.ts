import {ApiError, send} from './api.ts'
import {EventReader} from './sse.ts'

/** The server sends a comment every 15 s: after this time without any byte, the connection is dead. ms */
const SILENT_MS = 40_000

/** Waits between attempts, ms; the last one repeats. */
const WAITS_MS = [500, 1000, 2000, 5000]

/** A hidden tab lets go of its stream after this time: browsers open only six connections to a server. ms */
const HIDDEN_MS = 5000

/** What becomes of a stream. */
export type StreamState =
  | {state: 'live'}
  | {state: 'away'; error: ApiError; nextTryMs: number}
  /** It will not be tried again. */
  | {state: 'ended'; error: ApiError}

export interface StreamOptions {
  /** Called for each event with its data, parsed. */
  on: Partial<Record<string, (data: never) => void>>
  onState(state: StreamState): void
}

/** Follows an event stream, and connects again until it is closed. @returns a function that closes it */
export function follow(path: string, options: StreamOptions): () => void {
  let running: AbortController | undefined
  let hidden: ReturnType<typeof setTimeout> | undefined
  const start = () => {
    running ??= new AbortController()
    void keepFollowing(path, options, running.signal)
  }
  const stop = () => {
    running?.abort()
    running = undefined
  }
  const whenVisibilityChanges = () => {
    clearTimeout(hidden)
    if (document.hidden) hidden = setTimeout(stop, HIDDEN_MS)
    else if (!running) start()
  }
  document.addEventListener('visibilitychange', whenVisibilityChanges)
  start()
  return () => {
    document.removeEventListener('visibilitychange', whenVisibilityChanges)
    clearTimeout(hidden)
    stop()
  }
}

async function keepFollowing(path: string, options: StreamOptions, signal: AbortSignal): Promise<void> {
  for (let failures = 0; !signal.aborted; failures++) {
    try {
      await readOnce(path, options, signal, () => {
        failures = 0
      })
    } catch (error) {
      if (signal.aborted) return
      const known = asApiError(error)
      if (isFinal(known)) return options.onState({state: 'ended', error: known})
      const nextTryMs = WAITS_MS[Math.min(failures, WAITS_MS.length - 1)]
      options.onState({state: 'away', error: known, nextTryMs})
      await waitFor(nextTryMs, signal)
    }
  }
}

/** Reads until the connection breaks. @throws ApiError */
async function readOnce(
  path: string,
  {on, onState}: StreamOptions,
  signal: AbortSignal,
  onLive: () => void,
): Promise<never> {
  const attempt = new AbortController()
  const abort = () => attempt.abort()
  signal.addEventListener('abort', abort)
  let watchdog = setTimeout(abort, SILENT_MS)
  try {
    const response = await send(path, {headers: {accept: 'text/event-stream'}, signal: attempt.signal})
    onLive()
    onState({state: 'live'})
    const events = new EventReader()
    for await (const text of textsOf(response)) {
      clearTimeout(watchdog)
      watchdog = setTimeout(abort, SILENT_MS)
      for (const {event, data} of events.read(text)) {
        on[event]?.(JSON.parse(data) as never)
      }
    }
    throw new ApiError({code: 'UNREACHABLE', message: 'qtool serve has closed the connection'}, 0)
  } finally {
    clearTimeout(watchdog)
    signal.removeEventListener('abort', abort)
    attempt.abort()
  }
}

async function* textsOf(response: Response): AsyncGenerator<string> {
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader()
  for (;;) {
    const {done, value} = (await reader?.read()) ?? {done: true, value: undefined}
    if (done) return
    yield value
  }
}

/** Whether another attempt would be answered alike: there is no such thing, or the token is wrong. */
function isFinal({status}: ApiError): boolean {
  return status >= 400 && status < 500 && status !== 408 && status !== 429
}

function asApiError(error: unknown): ApiError {
  if (error instanceof ApiError) return error
  return new ApiError({code: 'UNREACHABLE', message: 'the connection to qtool serve broke'}, 0)
}

/** Waits, but no longer than until the signal. */
function waitFor(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer)
      signal.removeEventListener('abort', end)
      resolve()
    }
    const timer = setTimeout(end, ms)
    signal.addEventListener('abort', end)
  })
}
