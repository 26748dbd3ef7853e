import {isUtf8} from 'node:buffer'

/** Machine-readable reasons for which an item is a dead letter. */
export type DeadReason =
  | 'malformed'
  | 'invalid'
  | 'foreign_key'
  | 'constraint'
  | 'retries_exhausted'
  | 'poison'

/** Why a record was not written. */
export interface Cause {
  reason: DeadReason
  /** A SQLSTATE, or qtool's own code: `JSON`, `UTF8`, `NUL`, `SURROGATE`, `DEPTH`, `SIZE`, `SHAPE`, `TS_FORMAT`, `NOT_FINITE`, `UNKNOWN_KEY`. */
  code: string
  /** Postgres's own message where it judged. */
  message: string
  detail?: string
  column?: string
  constraint?: string
}

/** An earlier failure of an item that was replayed after it. */
export interface PastFailure {
  /** RFC 3339. */
  failed_at: string | null
  reason: string
  code: string | null
  message: string | null
}

/** One dead letter, as its JSON text says. */
export interface DeadLetter extends Cause {
  /** `LEASE_ID:N`, N counting the records of the lease: the same after a redelivery. */
  id: string
  queue: string
  /** RFC 3339. */
  failed_at: string
  attempts: number
  /** Score the item had in the queue, so that a replay keeps its priority. */
  score: number
  /** The record's exact text; `payload_base64` instead where it is not valid UTF-8. */
  payload?: string
  payload_base64?: string
  /** Oldest first; left out where there is none. */
  history?: PastFailure[]
}

/** The text of a dead letter: key order is fixed, so that the same failure always gives the same member. */
export function deadLetterText(
  head: {id: string; queue: string; failedAt: number; attempts: number; score: number},
  cause: Cause,
  payload: Buffer,
  history: PastFailure[] = [],
): string {
  const letter: DeadLetter = {
    id: head.id,
    queue: head.queue,
    reason: cause.reason,
    code: cause.code,
    message: cause.message,
    detail: cause.detail,
    column: cause.column,
    constraint: cause.constraint,
    failed_at: new Date(head.failedAt).toISOString(),
    attempts: head.attempts,
    score: head.score,
    ...(isUtf8(payload) ? {payload: payload.toString('utf8')} : {payload_base64: payload.toString('base64')}),
    ...(history.length > 0 ? {history} : {}),
  }
  return JSON.stringify(letter)
}
