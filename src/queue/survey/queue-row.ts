import type {Redis} from 'ioredis'
import {QtoolError} from '../../errors.ts'
import {OUTCOMES} from '../../record/outcomes.ts'
import {isDenied, unlessDenied} from '../../redis/denied.ts'
import {otherKey} from '../../redis/keys.ts'
import type {OpenedBook} from '../engine-calls.ts'
import {gainedPerSecond} from '../gained.ts'
import {type MemoryUsage, measureMemory} from '../memory-usage.ts'
import {type LastMinute, lastMinuteOf, type Noted, type Recent} from '../recent.ts'
import {type ResolvedQueue, resolveQueue} from '../resolve.ts'
import {type ShardMap, shardMapOf} from '../shards/shard-map.ts'
import {type QueueSnapshot, takeSnapshot} from '../snapshot.ts'
import {livingWorkers} from '../worker-state.ts'
import {findWrongType, isWrongType, type WrongType} from '../wrong-type.ts'

/** One queue among others. All its figures are from one moment; if they cannot be read, all are null. */
export interface QueueRow {
  queue: string
  /** The type of the key of its ready items, as Redis names it; null if this user may not ask. */
  engine: string | null
  /** That key; null if it is the usual one, `queue:NAME`. */
  readyKey: string | null
  /** Who wrote its items, as its workers have said: `json`, or a job library; null if none ever did. */
  payload: string | null
  /** Shards over which it is spread, which are no rows of their own then; null if it is not spread. */
  shards: number | null
  /** Why its figures are missing, or not all there is, in a few words; null if they are whole. */
  problem: string | null
  /** Items ready to be leased. */
  ready: number | null
  /** Items held in leases; an estimate if there are more than 2,000 leases. */
  leased: number | null
  /** Leases whose deadline has passed. */
  overdueLeases: number | null
  deadLetters: number | null
  /** How long ago the last dead letter failed, ms; null if there is none, or if its score is no time. */
  lastFailedAgoMs: number | null
  /** Age of the item that leaves next, ms; null too if its producer wrote no time. */
  oldestMs: number | null
  paused: boolean | null
  /** ms until the pause ends by itself; null if it does not. */
  pauseEndsInMs: number | null
  /** Leases that the living worker processes handle in parallel. */
  workers: number | null
  /** Records a second that producers of qtool have put in; null if not measured, or if none ever did. */
  inPerSecond: number | null
  /** Records a second that workers have written or set aside as dead letters; null if not measured, or if none ever did. */
  outPerSecond: number | null
  /** Null if nobody has counted. */
  lastMinute: LastMinute | null
  /** Ready items at some moments of the last minute, oldest first; empty if nobody has kept them. */
  recentReady: Noted[]
  /** Null if it was not asked for, or this user may not ask. */
  memory: {ready: MemoryUsage | null; deadLetters: MemoryUsage | null} | null
}

/** How many records have gone in and come out since the queue exists; undefined if nobody has counted. */
export interface Passed {
  /** ms since 1970 by the clock of Redis. */
  atMs: number
  in: number | undefined
  out: number | undefined
}

/** A row without rates, and what the next reading needs to tell them; undefined if the row has no figures. */
export interface QueueReading {
  row: QueueRow
  passed: Passed | undefined
  /** Of the last minute; undefined if nobody has counted. */
  recent: Recent | undefined
  /** How it is spread, if it is; the row is that of its own name alone. */
  map?: ShardMap
}

/** Reads one queue. What makes a single queue unreadable becomes a part of its row; other errors are thrown. */
export async function readQueue(
  redis: Redis,
  queue: string,
  options: {memory: boolean},
): Promise<QueueReading> {
  const resolved = await resolveRow(redis, queue)
  if (typeof resolved === 'string') return unreadable(queue, null, resolved)
  const {keys, engine} = resolved
  const book: OpenedBook = {redis: resolved.redis, keys, engine: engine.lua, calls: engine.calls}
  const {kind} = book.engine
  try {
    const snapshot = await takeSnapshot(book, book.calls)
    const memory = options.memory ? await memoryOf(book) : null
    const said = {readyKey: otherKey(keys, queue), payload: resolved.home.payload ?? null}
    const row = {...figures(queue, kind, snapshot), ...said, memory}
    const {recent} = snapshot
    return {row, recent, passed: passedIn(snapshot), map: shardMapOf(queue, resolved.home)}
  } catch (error) {
    if (isDenied(error)) return unreadable(queue, null, 'not permitted')
    if (error instanceof QtoolError && error.code === 'BROKEN_KEY') {
      return unreadable(queue, kind, 'a counter in stats:NAME is not a number')
    }
    if (!isWrongType(error)) throw error
    const wrong = await findWrongType(book)
    const isReady = wrong?.key === keys.ready
    return unreadable(queue, isReady ? wrong.found : kind, problemOf(wrong, isReady))
  }
}

/** @returns a problem instead if what is known of the queue contradicts itself */
async function resolveRow(redis: Redis, name: string): Promise<ResolvedQueue | string> {
  try {
    return await resolveQueue(redis, {name})
  } catch (error) {
    if (error instanceof QtoolError && error.code === 'OTHER_ENGINE') return 'its key has become another type'
    if (error instanceof QtoolError && error.code === 'WRONGTYPE') return 'sink:NAME has another type'
    throw error
  }
}

/** The records in and out a second between two readings; null if nobody counts, or the counters began again. */
export function withRates(row: QueueRow, before: Passed | undefined, now: Passed | undefined): QueueRow {
  const counted = (passed: Passed | undefined, way: 'in' | 'out') =>
    passed && {atMs: passed.atMs, value: passed[way]}
  const rate = (way: 'in' | 'out') => gainedPerSecond(counted(before, way), counted(now, way))
  return {...row, inPerSecond: rate('in'), outPerSecond: rate('out')}
}

function figures(
  queue: string,
  engine: string,
  snapshot: QueueSnapshot,
): Omit<QueueRow, 'readyKey' | 'payload'> {
  const {ready, leased, overdueLeases, deadLetters, oldestMs, paused, pauseEndsInMs} = snapshot
  const living = livingWorkers(snapshot.workers, snapshot.nowMs)
  return {
    queue,
    engine,
    shards: null,
    problem: null,
    ready,
    leased,
    overdueLeases,
    deadLetters,
    lastFailedAgoMs: agoOf(snapshot),
    oldestMs,
    paused,
    pauseEndsInMs,
    workers: living.reduce((sum, {workers}) => sum + workers, 0),
    inPerSecond: null,
    outPerSecond: null,
    lastMinute: lastMinuteOf(snapshot.recent),
    recentReady: snapshot.recent?.ready ?? [],
    memory: null,
  }
}

function agoOf({nowMs, lastFailedMs}: QueueSnapshot): number | null {
  return lastFailedMs === undefined ? null : Math.max(0, Math.round(nowMs - lastFailedMs))
}

async function memoryOf({redis, keys, calls}: OpenedBook): Promise<QueueRow['memory']> {
  const [ready, deadLetters] = await Promise.all([
    unlessDenied(calls.memory(redis, keys)),
    unlessDenied(measureMemory(redis, keys.dead)),
  ])
  return {ready, deadLetters}
}

function passedIn({nowMs, stats}: QueueSnapshot): Passed {
  const sum = (...names: string[]) => {
    const counted = names.flatMap((name) => stats.get(name) ?? [])
    return counted.length === 0 ? undefined : counted.reduce((all, one) => all + one, 0)
  }
  return {
    atMs: nowMs,
    in: sum('enqueued'),
    out: sum(...Object.values(OUTCOMES), 'dead_lettered'),
  }
}

/** The row of a queue without figures. @param problem why, in a few words */
export function unreadable(queue: string, engine: string | null, problem: string): QueueReading {
  const row: QueueRow = {
    queue,
    engine,
    readyKey: null,
    payload: null,
    shards: null,
    problem,
    ready: null,
    leased: null,
    overdueLeases: null,
    deadLetters: null,
    lastFailedAgoMs: null,
    oldestMs: null,
    paused: null,
    pauseEndsInMs: null,
    workers: null,
    inPerSecond: null,
    outPerSecond: null,
    lastMinute: null,
    recentReady: [],
    memory: null,
  }
  return {row, passed: undefined, recent: undefined}
}

/** Without the name of the queue, which the row has already. */
function problemOf(wrong: WrongType | undefined, isReady: boolean): string {
  if (!wrong) return 'a key has another type'
  if (!isReady) return `${wrong.key.split(':')[0]}:NAME is a ${wrong.found}`
  return 'not a queue'
}
