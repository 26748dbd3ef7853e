import type {ENGINE_KINDS} from '../config/queue-said.ts'

/** How the ready items of a queue are kept. */
export type EngineKind = (typeof ENGINE_KINDS)[number]

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

/** Whether the items of a queue show when they were enqueued. */
export function hasAges(engine: EngineKind): boolean {
  return engine !== 'list'
}

/** A ready item as it is found. */
export interface ReadyItem {
  member: Buffer
  /** Its place, see `LuaEngine`; NaN for an engine that keeps none. */
  score: number
  /** How the engine finds it again; absent if its bytes are enough. */
  locator?: string
}

/** What the place of an item says of it. */
export interface ItemTimes {
  /** Null if it may be the place that another program gave it, or holds no priority. */
  priority: number | null
  /** ms since 1970; undefined if it holds no time. */
  enqueuedAt: number | undefined
}

/** What the place of an item says. @param nowMs by the clock of Redis, ms since 1970 */
export type TimesOf = (place: number, nowMs: number) => ItemTimes

/** A ready item, for people. */
export interface PeekedItem {
  /** Its place as Redis keeps it; JSON has no infinite numbers. Null for an engine that keeps none. */
  score: number | 'inf' | '-inf' | null
  /** Null if the score was written by another producer, or the engine has no priorities. */
  priority: number | null
  /** RFC 3339; null if the score holds no time that qtool can be sure of. */
  enqueuedAt: string | null
  bytes: number
  payload: string
  payloadEncoding: 'utf8' | 'base64'
}
