import {readServer, readSlowlog, type ServerState, type SlowCommand} from '../health/redis-server.ts'
import {OUTCOMES, type Written, writtenBy} from '../record/outcomes.ts'
import {unlessDenied} from '../redis/denied.ts'
import {otherKey} from '../redis/keys.ts'
import {readLags} from '../redis/replica/lag.ts'
import type {ReadFrom} from '../redis/replica/read-from.ts'
import type {OpenedBook} from './engine-calls.ts'
import {type PayloadSight, payloadWarnings, seePayload} from './jobs/payload-sight.ts'
import type {EngineKind} from './kinds.ts'
import type {FailureTimes} from './letters/letter-span.ts'
import {findTimes} from './letters/span-ends.ts'
import {mappingWarnings} from './mapping-words.ts'
import {type MemoryUsage, measureMemory} from './memory-usage.ts'
import type {Spread} from './shards/spread.ts'
import {type QueueFigures, takeSnapshot} from './snapshot.ts'
import type {Verification} from './verify-counts.ts'
import {livingWorkers, type WorkerState} from './worker-state.ts'

/**
 * What a queue holds, and the state of its server. Bytes and ms are whole numbers; null means that this user may not
 * read the value.
 */
export interface QueueInspection extends QueueFigures, PayloadSight {
  queue: string
  engine: EngineKind
  /** The key of its ready items; null if it is the usual one, `queue:NAME`. */
  readyKey: string | null
  /** Its shards; null if it is not spread, or is a shard itself. */
  spread: Spread | null
  /**
   * The moment at which the figures of the queue itself were read: RFC 3339, by the clock of Redis. Times by reason may
   * be a little newer.
   */
  at: string
  /** Worker processes that have reported in the last seconds. */
  workers: WorkerState[]
  /** qtool's own letters by reason, the most frequent first. */
  deadLettersByReason: Record<string, number>
  foreignDeadLetters: number
  /** When the first and the last letter of each reason failed. */
  timesByReason: Record<string, FailureTimes>
  /** The same for letters of other programs; null if there are none. */
  foreignTimes: FailureTimes | null
  /** RFC 3339; null if no letter has a time. */
  firstFailedAt: string | null
  lastFailedAt: string | null
  /** Totals that qtool has counted since the queue exists. */
  totals: QueueTotals
  memory: {ready: MemoryUsage | null; deadLetters: MemoryUsage | null}
  server: ServerState | null
  slowlog: SlowCommand[] | null
  /** Warnings for the user. */
  warnings: string[]
  /** The result of counting all letters; null without --verify. */
  verified: Verification | null
  /** The replicas from which this was read; null if it was read from primaries. */
  readFrom: ReadFrom
}

/** What became of all records so far, and how many items there were of which nothing did. */
export interface QueueTotals extends Written {
  enqueued: number
  deadLettered: number
  /** Items in which workers have found no record. */
  empty: number
  /** Entries of a stream that another program has trimmed before they were written. */
  trimmed: number
}

/** For those who inspect often: memory that was measured lately, and is not measured again, which takes Redis 4 ms. */
export interface KnownMemory {
  memory?: QueueInspection['memory']
}

/** Reads the state of a queue in a time that does not grow with its size. It changes nothing. */
export async function inspectQueue(
  book: OpenedBook,
  queue: string,
  known: KnownMemory = {},
): Promise<QueueInspection> {
  const {redis, keys, calls, engine} = book
  const readFrom = await readLags([redis])
  const [snapshot, server, slowlog, memory] = await Promise.all([
    takeSnapshot(book, calls),
    readServer(redis),
    readSlowlog(redis),
    known.memory ?? measureBoth(book),
  ])
  const {stats, spans, workers, nowMs, firstFailedMs, lastFailedMs, recent: _, ...shared} = snapshot
  const letters = sortLetters(stats, snapshot.deadLetters)
  const [times, sight] = await Promise.all([
    findTimes(redis, keys.dead, {...letters, spans}),
    seePayload(book, stats.has('enqueued')),
  ])
  const living = livingWorkers(workers, nowMs)
  return {
    queue,
    engine: engine.kind,
    readyKey: otherKey(keys, queue),
    spread: null,
    at: new Date(nowMs).toISOString(),
    ...shared,
    ...sight,
    workers: living,
    deadLettersByReason: letters.byReason,
    foreignDeadLetters: letters.foreign,
    timesByReason: times.byReason,
    foreignTimes: times.foreign,
    firstFailedAt: timeOf(firstFailedMs),
    lastFailedAt: timeOf(lastFailedMs),
    totals: {
      enqueued: stats.get('enqueued') ?? 0,
      ...writtenBy((outcome) => stats.get(OUTCOMES[outcome]) ?? 0),
      deadLettered: stats.get('dead_lettered') ?? 0,
      empty: stats.get('empty') ?? 0,
      trimmed: stats.get('trimmed') ?? 0,
    },
    memory,
    server,
    slowlog,
    warnings: [
      ...letters.warnings,
      ...mappingWarnings(living),
      ...trimWarnings(stats.get('trimmed') ?? 0),
      ...groupWarnings(stats.get('regrouped') ?? 0),
      ...payloadWarnings(queue, sight),
      ...serverWarnings(server),
    ],
    verified: null,
    readFrom,
  }
}

async function measureBoth({redis, keys, calls}: OpenedBook): Promise<QueueInspection['memory']> {
  const [ready, deadLetters] = await Promise.all([
    unlessDenied(calls.memory(redis, keys)),
    unlessDenied(measureMemory(redis, keys.dead)),
  ])
  return {ready, deadLetters}
}

function timeOf(ms: number | undefined): string | null {
  return ms === undefined ? null : new Date(Math.round(ms)).toISOString()
}

/** Letters by reason, from the counters; letters beyond their sum belong to other programs. */
export function sortLetters(
  stats: Map<string, number>,
  total: number,
): {byReason: Record<string, number>; foreign: number; warnings: string[]} {
  const counts = [...stats].flatMap(([field, count]) =>
    field.startsWith('dead:') && count !== 0 ? [[field.slice('dead:'.length), count] as const] : [],
  )
  const sum = counts.reduce((all, [, count]) => all + count, 0)
  const isOff = sum > total || counts.some(([, count]) => count < 0)
  return {
    byReason: Object.fromEntries(counts.sort((a, b) => b[1] - a[1])),
    foreign: Math.max(0, total - sum),
    warnings: isOff
      ? ['the counters of dead letters do not match what is there; "qtool inspect --verify" counts again']
      : [],
  }
}

/** @param trimmed entries of a stream that are gone and were not written; see `LuaEngine.reclaim` */
function trimWarnings(trimmed: number): string[] {
  if (trimmed === 0) return []
  const were = trimmed === 1 ? 'entry was' : 'entries were'
  return [`${trimmed} ${were} trimmed from the stream by another program before this queue could write them`]
}

/** @param regrouped how often the consumer group was made again; see `preludeOf` */
function groupWarnings(regrouped: number): string[] {
  if (regrouped === 0) return []
  const often = regrouped === 1 ? 'once' : `${regrouped} times`
  return [
    `another program has destroyed the consumer group of this queue ${often}; the entries that were leased then have been read again, and a table without a unique key may hold their rows twice`,
  ]
}

function serverWarnings(server: ServerState | null): string[] {
  if (!server || server.policy === 'noeviction' || server.maxBytes === 0) return []
  return [
    `once Redis is full, its maxmemory-policy ${server.policy} evicts keys of this queue; set it to noeviction`,
  ]
}
