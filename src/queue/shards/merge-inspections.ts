import type {ServerState} from '../../health/redis-server.ts'
import {writtenBy} from '../../record/outcomes.ts'
import {joinReadFrom} from '../../redis/replica/read-from.ts'
import type {QueueInspection} from '../inspect.ts'
import type {MemoryUsage} from '../memory-usage.ts'
import {earliest, latest, mergeCounts, mergeForeignTimes, mergeTimesBy} from './merge-times.ts'
import type {ShardMap} from './shard-map.ts'
import {sum} from './shard-set.ts'
import {spreadOf} from './spread.ts'

/** What all shards hold together. @param all that of the queue's own keys first */
export function mergeInspections(map: ShardMap, all: QueueInspection[]): QueueInspection {
  const total = (of: (one: QueueInspection) => number) => sum(all.map(of))
  const server = fullest(all.map((one) => one.server))
  return {
    queue: all[0].queue,
    engine: all[0].engine,
    readyKey: all[0].readyKey,
    spread: spreadOf(map, all),
    at: all.map(({at}) => at).sort()[0],
    ready: total((one) => one.ready),
    leased: total((one) => one.leased),
    isLeasedEstimate: all.some((one) => one.isLeasedEstimate),
    leases: total((one) => one.leases),
    overdueLeases: total((one) => one.overdueLeases),
    deadLetters: total((one) => one.deadLetters),
    ...pauseOf(all),
    oldestMs: most(all.map((one) => one.oldestMs)),
    workers: [...new Map(all.flatMap((one) => one.workers).map((worker) => [worker.name, worker])).values()],
    deadLettersByReason: mergeCounts(all.map((one) => one.deadLettersByReason)),
    foreignDeadLetters: total((one) => one.foreignDeadLetters),
    timesByReason: mergeTimesBy(all.map((one) => one.timesByReason)),
    foreignTimes: mergeForeignTimes(all.map((one) => one.foreignTimes)),
    firstFailedAt: earliest(all.map((one) => one.firstFailedAt)),
    lastFailedAt: latest(all.map((one) => one.lastFailedAt)),
    payload: all.find((one) => one.payload !== null)?.payload ?? null,
    looksLike: all.find((one) => one.looksLike !== null)?.looksLike ?? null,
    totals: {
      enqueued: total((one) => one.totals.enqueued),
      ...writtenBy((outcome) => total((one) => one.totals[outcome])),
      deadLettered: total((one) => one.totals.deadLettered),
      empty: total((one) => one.totals.empty),
      trimmed: total((one) => one.totals.trimmed),
    },
    memory: {
      ready: mergeMemory(all.map((one) => one.memory.ready)),
      deadLetters: mergeMemory(all.map((one) => one.memory.deadLetters)),
    },
    server,
    slowlog: (all.find((one) => one.server === server) ?? all[0]).slowlog,
    warnings: [...new Set(all.flatMap((one) => one.warnings))],
    verified: null,
    readFrom: joinReadFrom(all.map((one) => one.readFrom)),
  }
}

/** Paused if no worker may take anything; ends when the first shard does. */
function pauseOf(all: QueueInspection[]): Pick<QueueInspection, 'paused' | 'pauseEndsInMs'> {
  const ends = all.flatMap(({pauseEndsInMs}) => pauseEndsInMs ?? [])
  const paused = all.every((one) => one.paused)
  return {paused, pauseEndsInMs: paused && ends.length > 0 ? Math.min(...ends) : null}
}

/** Of the servers on which the shards are, the one that is closest to its limit; any if none has a limit. */
function fullest(servers: Array<ServerState | null>): ServerState | null {
  const share = (server: ServerState | null) =>
    server && server.maxBytes > 0 ? server.usedBytes / server.maxBytes : -1
  return servers.reduce((a, b) => (share(b) > share(a) ? b : a))
}

export function mergeMemory(all: Array<MemoryUsage | null>): MemoryUsage | null {
  const known = all.filter((one) => one !== null)
  if (known.length < all.length) return null
  return {bytes: sum(known.map(({bytes}) => bytes)), isEstimate: known.some(({isEstimate}) => isEstimate)}
}

function most(all: Array<number | null>): number | null {
  const known = all.filter((one) => one !== null)
  return known.length > 0 ? Math.max(...known) : null
}
