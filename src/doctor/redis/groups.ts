import {shellWord} from '../../config/shell-word.ts'
import type {ConsumerGroup} from '../../redis/consumer-groups.ts'
import type {Check, Found} from '../check.ts'
import {number, time} from '../words.ts'

/** Nobody has read for this long, ms. */
const SILENT_MS = 300_000

/** Three leases, ms. */
const PENDING_MS = 90_000

/** Streams of this Redis, whoever made them: entries that nobody takes hold the memory that queues need. */
export const GROUPS_CHECK: Check<readonly ConsumerGroup[]> = {
  id: 'redis.groups',
  title: 'consumer groups have readers',
  judge(groups) {
    const judged = groups.flatMap(judgeGroup).sort((a, b) => a.level.localeCompare(b.level))
    const [worst] = judged
    if (!worst) return []
    const more = judged.length > 1 ? `, and ${number(judged.length - 1)} more` : ''
    return [{...worst, what: `${worst.what}${more}`}]
  },
}

function judgeGroup({
  stream,
  group,
  consumers,
  pending,
  lag,
  idleMs,
  oldestPendingMs,
}: ConsumerGroup): Found[] {
  const isSilent = idleMs === null || idleMs > SILENT_MS
  const isStuck = isSilentFor(idleMs, PENDING_MS) && (oldestPendingMs ?? 0) > PENDING_MS
  const waits = pending + (lag ?? 0)
  if (!isStuck && !(isSilent && waits > 0)) return []
  const readers = consumers === 0 ? 'has no reader' : `was last read ${time(idleMs ?? 0)} ago`
  const words = isStuck
    ? `${number(pending)} entries were delivered and never acknowledged, the oldest ${time(oldestPendingMs ?? 0)} ago`
    : `${number(waits)} entries wait`
  return [
    {
      level: isStuck ? 'critical' : 'warning',
      what: `group ${JSON.stringify(group)} of stream ${JSON.stringify(stream)} ${readers}: ${words}`,
      why: 'the stream cannot be trimmed past what the group has not read, and takes the memory that queues need',
      fix: `start its consumers, or if nobody needs it: redis-cli XGROUP DESTROY ${shellWord(stream)} ${shellWord(group)}`,
    },
  ]
}

function isSilentFor(idleMs: number | null, ms: number): boolean {
  return idleMs === null || idleMs > ms
}
