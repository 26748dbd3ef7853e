import crypto from 'node:crypto'
import type {Redis} from 'ioredis'
import type {PastFailure} from './dead-letter.ts'

/**
 * What an item that is replayed is remembered by: 22 characters from the SHA-256 of its bytes. The queue holds
 * nothing but the item itself, so its past failures are kept beside it.
 */
export function historyField(item: Buffer): string {
  return sha256(item).toString('base64url', 0, 16)
}

/** Node has the call without an object since 20.12; it takes half the time. */
const sha256: (bytes: Buffer) => Buffer = crypto.hash
  ? (bytes) => crypto.hash('sha256', bytes, 'buffer')
  : (bytes) => crypto.createHash('sha256').update(bytes).digest()

/** Failures remembered of one item; the oldest go first. */
const MOST = 20

/** A history with one event more; the oldest make room. */
export function withEvent(before: PastFailure[], event: PastFailure): PastFailure[] {
  return [...before, event].slice(-MOST)
}

/** The text to keep for an item that is replayed after `failure`. */
export function historyText(before: PastFailure[], failure: PastFailure): string {
  return JSON.stringify(withEvent(before, failure))
}

/** The past failures of items; an empty list where there are none. */
export async function readHistory(redis: Redis, key: string, items: Buffer[]): Promise<PastFailure[][]> {
  if (items.length === 0) return []
  const texts = await redis.hmget(key, ...items.map(historyField))
  // What stands before the list is the run that watches the item
  return texts.map((text) => (text === null ? [] : JSON.parse(text.slice(text.indexOf('[')))))
}
