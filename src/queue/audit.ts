import {hostname, userInfo} from 'node:os'
import type {Redis} from 'ioredis'
import {AUDIT_KEY} from '../redis/keys.ts'

/** Lines kept, about; the oldest go first. */
const MOST_LINES = 10_000

/** Lines of one call: the whole stream in one took Redis 11 ms and qtool 118 MB. */
const PAGE_LINES = 200

/** What was done to a queue by hand. */
export interface AuditLine {
  /** RFC 3339, by the clock of Redis. */
  at: string
  /** `user@host` of the machine it was typed on. */
  who: string
  /** The command, e.g. `dlq replay`. */
  action: string
  queue: string
  profile: string | null
  /** The filter flags in words, or `all`. */
  filter: string
  count: number
}

/** Leaves a line in the audit. */
export async function recordAudit(redis: Redis, did: Omit<AuditLine, 'at' | 'who'>): Promise<void> {
  const line = {...did, who: whoAmI()}
  const fields = Object.entries(line).flatMap(([name, value]) => [name, String(value ?? '')])
  await redis.xadd(AUDIT_KEY, 'MAXLEN', '~', MOST_LINES, '*', ...fields)
}

/** The last lines, newest first. */
export async function readAudit(
  redis: Redis,
  options: {limit: number; queue?: string},
): Promise<AuditLine[]> {
  const {limit, queue} = options
  const size = queue === undefined ? Math.min(limit, PAGE_LINES) : PAGE_LINES
  const lines: AuditLine[] = []
  let before = '+'
  while (lines.length < limit) {
    const entries = await redis.xrevrange(AUDIT_KEY, before, '-', 'COUNT', size)
    const page = entries.map(([id, fields]) => toLine(id, fields))
    lines.push(...page.filter((line) => queue === undefined || line.queue === queue))
    if (entries.length < size) break
    before = `(${entries[entries.length - 1][0]}`
  }
  return lines.slice(0, limit)
}

function toLine(id: string, fields: string[]): AuditLine {
  const map = new Map<string, string>()
  for (let i = 0; i + 1 < fields.length; i += 2) map.set(fields[i], fields[i + 1])
  const text = (name: string) => map.get(name) ?? ''
  return {
    at: new Date(Number(id.split('-')[0])).toISOString(),
    who: text('who'),
    action: text('action'),
    queue: text('queue'),
    profile: text('profile') || null,
    filter: text('filter'),
    count: Number(text('count')),
  }
}

/** userInfo throws where the user id has no name, as in many containers. */
function whoAmI(): string {
  try {
    return `${userInfo().username}@${hostname()}`
  } catch {
    return `uid ${process.getuid?.() ?? '?'}@${hostname()}`
  }
}
