import type {Redis} from 'ioredis'
import type {QueueKeys} from '../redis/keys.ts'
import {surveyAll} from './letter-survey.ts'
import {readPause} from './pause.ts'
import {readScore} from './score.ts'
import {readWorkers, type WorkerState} from './worker-state.ts'

/** What a queue holds and how its server is. Bytes and ms are whole numbers. */
export interface QueueInspection {
  queue: string
  /** No worker takes leases. */
  paused: boolean
  /** ms until that ends by itself; null where it does not. */
  pauseEndsInMs: number | null
  /** Worker processes that have reported in the last seconds. */
  workers: WorkerState[]
  /** Items ready to be leased. */
  ready: number
  /** Items held in leases. */
  leased: number
  leases: number
  /** Leases whose deadline has passed. */
  overdueLeases: number
  deadLetters: number
  deadLettersByReason: Record<string, number>
  /** Age of the item that leaves next; null where its producer wrote no time. */
  oldestMs: number | null
  /** Totals that workers counted, in records. */
  totals: {inserted: number; alreadyThere: number; deadLettered: number}
  memory: {
    queueBytes: number
    deadLetterBytes: number
    usedBytes: number
    peakBytes: number
    maxBytes: number
    policy: string
    fragmentation: number
  }
  slowlog: Array<{id: number; at: string; micros: number; command: string}>
  clients: {connected: number; blocked: number; max: number}
}

/** Reads everything in one round trip, and the reasons of the dead letters page by page. */
export async function inspectQueue(redis: Redis, queue: string, keys: QueueKeys): Promise<QueueInspection> {
  const [now, ready, dead, leases, first, stats, info, slow, queueBytes, deadBytes, leaseIds] =
    await Promise.all([
      redis.time(),
      redis.zcard(keys.ready),
      redis.zcard(keys.dead),
      redis.zrange(keys.leases, '0', '-1', 'WITHSCORES'),
      redis.zrange(keys.ready, '0', '0', 'WITHSCORES'),
      redis.hgetall(keys.stats),
      redis.info(),
      redis.slowlog('GET', 10),
      redis.memory('USAGE', keys.ready),
      redis.memory('USAGE', keys.dead),
      redis.zrange(keys.leases, '0', '-1'),
    ])
  const nowMs = Number(now[0]) * 1000 + Number(now[1]) / 1000
  const pause = await readPause(redis, keys)
  const held = await Promise.all(leaseIds.map((id) => redis.zcard(keys.lease(id))))
  const deadlines = leases.filter((_, i) => i % 2 === 1).map(Number)
  const enqueuedAt = first[1] === undefined ? undefined : readScore(Number(first[1])).enqueuedAt
  const fields = parseInfo(info)
  const number = (name: string) => Number(fields.get(name) ?? 0)
  return {
    queue,
    paused: pause.paused,
    pauseEndsInMs: pause.endsInMs,
    workers: await readWorkers(redis, keys, nowMs),
    ready,
    leased: held.reduce((sum, count) => sum + count, 0),
    leases: leaseIds.length,
    overdueLeases: deadlines.filter((deadline) => deadline <= nowMs).length,
    deadLetters: dead,
    deadLettersByReason: (await surveyAll(redis, keys)).deadLettersByReason,
    oldestMs: enqueuedAt === undefined ? null : Math.max(0, Math.round(nowMs - enqueuedAt)),
    totals: {
      inserted: Number(stats.inserted ?? 0),
      alreadyThere: Number(stats.already_there ?? 0),
      deadLettered: Number(stats.dead_lettered ?? 0),
    },
    memory: {
      queueBytes: Number(queueBytes ?? 0),
      deadLetterBytes: Number(deadBytes ?? 0),
      usedBytes: number('used_memory'),
      peakBytes: number('used_memory_peak'),
      maxBytes: number('maxmemory'),
      policy: fields.get('maxmemory_policy') ?? 'unknown',
      fragmentation: number('mem_fragmentation_ratio'),
    },
    slowlog: readSlowlog(slow),
    clients: {
      connected: number('connected_clients'),
      blocked: number('blocked_clients'),
      max: number('maxclients'),
    },
  }
}

/** `name:value` lines of INFO. */
export function parseInfo(info: string): Map<string, string> {
  const fields = new Map<string, string>()
  for (const line of info.split('\r\n')) {
    const colon = line.indexOf(':')
    if (colon > 0 && !line.startsWith('#')) fields.set(line.slice(0, colon), line.slice(colon + 1))
  }
  return fields
}

/** The command's name and key; the arguments behind them may be payloads. */
function readSlowlog(reply: unknown): QueueInspection['slowlog'] {
  if (!Array.isArray(reply)) return []
  return reply.map((entry: [number, number, number, string[]]) => ({
    id: entry[0],
    at: new Date(entry[1] * 1000).toISOString(),
    micros: entry[2],
    command: entry[3].slice(0, 2).join(' '),
  }))
}
