/** How the ready items of a queue are kept. */
export type EngineKind = 'zset'

/** What some kinds of queue can do and others cannot. */
export interface Abilities {
  /** Items leave by priority, the lowest first. */
  priority: boolean
  /** Identical items are one item: the second is counted as a duplicate. */
  collapse: boolean
  /** A ready item shows when it was enqueued. */
  age: boolean
  /** A ready item can be found by its bytes. */
  locate: boolean
}

/** A ready item. */
export interface PeekedItem {
  /** As Redis keeps it; JSON has no infinite numbers. */
  score: number | 'inf' | '-inf'
  /** Null if the score was written by another producer. */
  priority: number | null
  /** RFC 3339; null if the score holds no time that qtool can be sure of. */
  enqueuedAt: string | null
  bytes: number
  payload: string
  payloadEncoding: 'utf8' | 'base64'
}
