import {randomUUID} from 'node:crypto'
import type {Redis} from 'ioredis'
import {AUDIT_KEY} from '../redis/keys.ts'
import {clientFor} from '../redis/route.ts'
import {defineScript, runScript} from '../redis/script.ts'

/** Approximate number of entries kept, two for each operation (start and end); the oldest are dropped first. */
const MOST_ENTRIES = 20_000

/** Entries read per call: reading the whole stream at once took Redis 11 ms and qtool 118 MB. */
const PAGE_ENTRIES = 200

/** State of an operation; one that was killed stays `started` forever. */
export type AuditState = 'started' | 'done' | 'interrupted' | 'failed'

/** A manual operation on a queue. */
export interface AuditLine {
  /** When it began: RFC 3339, by the clock of Redis. */
  at: string
  /** RFC 3339; null while it runs, and if it was killed. */
  endedAt: string | null
  state: AuditState
  /** The user and machine that ran it, as `user@host`. */
  who: string
  /** The command, e.g. `dlq replay`. */
  action: string
  queue: string
  profile: string | null
  /** The flags that selected what it acted on, or `all`. */
  filter: string
  /** Number of letters or items that it changed; null while that is unknown. */
  count: number | null
}

/** What is known when an operation begins. */
export type AuditStart = Pick<AuditLine, 'who' | 'action' | 'queue' | 'profile' | 'filter'>

/*
 * KEYS[1] audit STREAM   ARGV[1] entries to keep, about   ARGV[2..] field, value, ...
 * allow-oom: an operation on a full Redis, often one that makes room, must not fail because of its audit entry.
 */
const RECORD = defineScript(
  'audit',
  `#!lua flags=allow-oom
return redis.call('XADD', KEYS[1], 'MAXLEN', '~', ARGV[1], '*', unpack(ARGV, 2))`,
)

/** Progress that an operation reports to its audit entry. */
export interface AuditProgress {
  /** What it has changed so far. */
  count: number
  /** Whether the user interrupted it. */
  interrupted: boolean
}

/** The record of what was done to the queues of one Redis by hand. */
export interface AuditLog {
  /** Runs an operation and records it, from its beginning. */
  during<R>(start: AuditStart, operation: (progress: AuditProgress) => Promise<R>): Promise<R>
  /** Records that an operation begins which may end in another process. @param run its id: it is listed once */
  begin(run: string, start: AuditStart): Promise<void>
  /** Records how it ended. */
  end(run: string, state: AuditState, count: number): Promise<void>
  /** The latest operations, newest first. */
  latest(options: AuditOptions): Promise<AuditLine[]>
}

export interface AuditOptions {
  limit: number
  /** Only operations on this queue. */
  queue?: string
}

export function openAudit(redis: Redis): AuditLog {
  return {
    during: (start, operation) => withAudit(redis, start, operation),
    begin: (run, start) => record(redis, {...start, run, state: 'started'}),
    end: (run, state, count) => record(redis, {run, state, count}),
    latest: (options) => readAudit(redis, options),
  }
}

/**
 * Runs an operation and records it in the audit. The entry is written before anything changes, so that a killed
 * operation leaves one too, and is completed when the operation ends.
 */
export async function withAudit<R>(
  redis: Redis,
  start: AuditStart,
  operation: (progress: AuditProgress) => Promise<R>,
): Promise<R> {
  const run = randomUUID()
  const progress = {count: 0, interrupted: false}
  await record(redis, {...start, run, state: 'started'})
  const end = (state: AuditState) => record(redis, {run, state, count: progress.count})
  try {
    const result = await operation(progress)
    await end(progress.interrupted ? 'interrupted' : 'done')
    return result
  } catch (error) {
    // The caller must see the first error, even if the audit line cannot be written either
    await end('failed').catch(() => {})
    throw error
  }
}

async function record(redis: Redis, entry: Record<string, string | number | null>): Promise<void> {
  const fields = Object.entries(entry).flatMap(([name, value]) => [name, String(value ?? '')])
  await runScript(await clientFor(redis, AUDIT_KEY), RECORD, [AUDIT_KEY], [MOST_ENTRIES, ...fields])
}

/** The latest operations, newest first. */
export async function readAudit(redis: Redis, {limit, queue}: AuditOptions): Promise<AuditLine[]> {
  const lines: AuditLine[] = []
  const ends = new Map<string, Entry>()
  const begun = new Set<string>()
  const own = await clientFor(redis, AUDIT_KEY)
  let before = '+'
  while (lines.length < limit) {
    const replies = await own.xrevrange(AUDIT_KEY, before, '-', 'COUNT', PAGE_ENTRIES)
    for (const [id, pairs] of replies) {
      const entry = {id, fields: toMap(pairs)}
      const run = entry.fields.get('run') ?? id
      // A driver may have sent an entry twice, and several processes may have written one
      if (!entry.fields.has('action')) ends.set(run, ends.get(run) ?? entry)
      else if (!begun.has(run) && (queue === undefined || entry.fields.get('queue') === queue)) {
        lines.push(toLine(entry, ends.get(run)))
        begun.add(run)
      }
    }
    if (replies.length < PAGE_ENTRIES) break
    before = `(${replies[replies.length - 1][0]}`
  }
  return lines.slice(0, limit)
}

/** An entry of the stream: the beginning of an operation, or its end. */
interface Entry {
  id: string
  fields: Map<string, string>
}

function toMap(pairs: string[]): Map<string, string> {
  const map = new Map<string, string>()
  for (let i = 0; i + 1 < pairs.length; i += 2) map.set(pairs[i], pairs[i + 1])
  return map
}

function toLine({id, fields}: Entry, end: Entry | undefined): AuditLine {
  const text = (name: string) => fields.get(name) ?? ''
  return {
    at: timeOf(id),
    endedAt: end ? timeOf(end.id) : null,
    state: (end?.fields.get('state') ?? 'started') as AuditState,
    who: text('who'),
    action: text('action'),
    queue: text('queue'),
    profile: text('profile') || null,
    filter: text('filter'),
    count: end ? countOf(end) : null,
  }
}

/** Null for what is no number: anybody can write to a stream. */
function countOf({fields}: Entry): number | null {
  const count = Number(fields.get('count') ?? Number.NaN)
  return Number.isFinite(count) ? count : null
}

/** The time of an entry (RFC 3339), with which its id begins. */
function timeOf(id: string): string {
  return new Date(Number(id.split('-')[0])).toISOString()
}
