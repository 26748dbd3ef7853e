import {isUtf8} from 'node:buffer'
import type {Cause} from '../../record/cause.ts'

/** An earlier failure of an item that was replayed after it. */
export interface PastFailure {
  /** RFC 3339. */
  failedAt: string | null
  reason: string
  code: string | null
  message: string | null
}

/** One dead letter, as stored in its JSON text. */
export interface DeadLetter extends Cause {
  /** Marks qtool's own letters; the number is the version of their format. */
  qtool: 1
  /** See `letterId`. */
  id: string
  queue: string
  /** RFC 3339. */
  failedAt: string
  attempts: number
  /** Score the item had in the queue, so that a replay keeps its priority. */
  score: number
  /** The record's exact text; `payloadBase64` instead if it is not valid UTF-8. */
  payload?: string
  payloadBase64?: string
  /** Oldest first; absent if there is none. */
  history?: PastFailure[]
}

/** The fields of a letter besides its cause. */
export interface LetterHead {
  id: string
  queue: string
  /** ms since 1970. */
  failedAt: number
  attempts: number
  score: number
}

/**
 * The id of a letter: the time it failed, the lease, the index of the item in the lease (from 0, in the order of the
 * scores), and, if the item holds several records, the index of the record in the lease. With the time the letter is
 * found in the sorted set without reading the others; a redelivered lease that the ledger knows gives the same ids.
 */
export function letterId(
  lease: {id: string; takenAt: number},
  place: {item: number; record?: number},
): string {
  const record = place.record === undefined ? '' : `.${place.record}`
  return `${timePrefix(lease.takenAt)}${lease.id}:${place.item}${record}`
}

const ITEM_OF_ID = /^\{"qtool":1,"id":"[^"]*:(\d+)(?:\.\d+)?"/

/** The index of a letter's item in its lease; undefined if the id does not hold it. */
export function itemOfLetter(text: string): number | undefined {
  const item = ITEM_OF_ID.exec(text)?.[1]
  return item === undefined ? undefined : Number(item)
}

/** The part of an id that holds the time, ms since 1970, with the hyphen after it. */
export function timePrefix(ms: number): string {
  return `${Math.floor(ms).toString(36)}-`
}

/** The text of a dead letter: key order is fixed, so that the same failure always gives the same member. */
export function deadLetterText(
  head: LetterHead,
  cause: Cause,
  payload: Buffer,
  history: PastFailure[] = [],
): string {
  const failedAt = new Date(head.failedAt).toISOString()
  return letterText({qtool: 1, ...head, ...cause, failedAt}, payload, history)
}

/** The text of a letter with these fields and this payload. */
export function letterText(
  letter: Omit<DeadLetter, 'payload' | 'payloadBase64' | 'history'>,
  payload: Buffer,
  history: PastFailure[],
): string {
  const {id, queue, reason, code, message, detail, column, constraint, table} = letter
  const {failedAt, attempts, score} = letter
  const cause = {reason, code, message, detail, column, constraint, table}
  const said = {id, queue, ...cause, failedAt, attempts, score}
  const text = isUtf8(payload)
    ? {payload: payload.toString('utf8')}
    : {payloadBase64: payload.toString('base64')}
  return JSON.stringify({qtool: 1, ...said, ...text, ...(history.length > 0 ? {history} : {})})
}
