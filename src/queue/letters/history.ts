import crypto from 'node:crypto'
import type {Redis} from 'ioredis'
import type {PastFailure} from './dead-letter.ts'

/**
 * The field that holds the past failures of a replayed item: 22 characters from the SHA-256 of its bytes. The queue
 * holds nothing but the item itself, so its past failures are kept in a hash of their own.
 */
export function historyField(item: Buffer): string {
  return sha256(item).toString('base64url', 0, 16)
}

/** Node has `crypto.hash` since 20.12; it takes half the time of a Hash object. */
const sha256: (bytes: Buffer) => Buffer = crypto.hash
  ? (bytes) => crypto.hash('sha256', bytes, 'buffer')
  : (bytes) => crypto.createHash('sha256').update(bytes).digest()

/** Most failures kept per item; the oldest are dropped first. */
const MOST = 20

/** A history with one more event; the oldest make room for it. */
export function withEvent(before: PastFailure[], event: PastFailure): PastFailure[] {
  return [...before, event].slice(-MOST)
}

/** The text to keep for an item that is replayed after `failure`. */
export function historyText(before: PastFailure[], failure: PastFailure): string {
  return JSON.stringify(withEvent(before, failure))
}

/** The past failures of each item; an empty list for an item without any. */
export async function readHistory(redis: Redis, key: string, items: Buffer[]): Promise<PastFailure[][]> {
  if (items.length === 0) return []
  const texts = await redis.hmget(key, ...items.map(historyField))
  // The list is preceded by the id of the run that watches the item
  return texts.map((text) => (text === null ? [] : parseHistory(text.slice(text.indexOf('[')))))
}

/** Empty for what somebody broke: a worker is not to stop for what it only passes on. */
function parseHistory(text: string): PastFailure[] {
  try {
    const events: unknown = JSON.parse(text)
    return Array.isArray(events) ? events : []
  } catch {
    return []
  }
}
