import type {Caller} from '../../operations/context.ts'
import {openDesk, type Sight} from '../../operations/top.ts'
import {signsFor} from '../../render/bench/signs.ts'
import {viewError} from '../../render/error.ts'
import {styleFor} from '../../render/style.ts'
import {TopSession} from './session.ts'
import {initialState, type TopOrder} from './state.ts'

export interface StartOptions {
  queue?: string
  match?: string
  sort: TopOrder
  signal: AbortSignal
  callerFor(queue: string): Caller
  /** Takes secrets out of a text. */
  redact(text: string): string
  stop(): void
}

/** Prepares a session; a queue that is not there is named, since it looks like an empty one. */
export async function startSession(sight: Sight, options: StartOptions): Promise<TopSession> {
  const {queue, match, sort, signal, callerFor, redact, stop} = options
  const isMissing = queue !== undefined && !(await (await sight.openQueue(queue)).exists())
  const state = {
    ...initialState({queue, sort}),
    message: isMissing ? `no queue "${queue}" on this Redis; Esc shows all` : undefined,
  }
  const describe = (error: unknown) => {
    const {message, suggestions} = viewError(error, redact)
    return [message, ...suggestions].join('; ')
  }
  const look = {style: styleFor(process.env, true), signs: signsFor(process.env)}
  const desk = openDesk(sight, callerFor, {match, signal})
  return new TopSession({desk, server: sight.server, state, look, describe, stop})
}
