import {isUtf8} from 'node:buffer'
import {createHash} from 'node:crypto'
import type {Redis} from 'ioredis'

/** A dead letter as a person wants to see it; ours or another producer's. */
export interface DeadLetterView {
  /** Of a dead letter that qtool did not write: a hash of its bytes. */
  id: string
  /** RFC 3339; from the score, which is when it failed. */
  failedAt: string | null
  reason: string
  code: string | null
  message: string | null
  detail: string | null
  column: string | null
  constraint: string | null
  attempts: number | null
  /** Records in it; 1 but for envelopes of other producers. */
  records: number
  /** Exact text of the record, or of the whole member where qtool did not write it. */
  payload: string
  /** Set where the payload is not valid UTF-8; then `payload` is base64. */
  payloadEncoding: 'utf8' | 'base64'
}

/** Members read in one call: each call stays far below a millisecond of Redis's time. */
const PAGE = 500

/** The dead letters of a queue, oldest first, in bounded memory. */
export async function* readDeadLetters(redis: Redis, key: string): AsyncIterable<DeadLetterView> {
  for (let from = 0; ; from += PAGE) {
    const page = await redis.zrangeBuffer(key, String(from), String(from + PAGE - 1), 'WITHSCORES')
    for (let i = 0; i + 1 < page.length; i += 2) yield viewDeadLetter(page[i], Number(page[i + 1].toString()))
    if (page.length < PAGE * 2) return
  }
}

/** The first dead letters of a reason, how many there are in all, and how many records of each reason. */
export async function surveyDeadLetters(
  redis: Redis,
  key: string,
  filter: {reason?: string; limit: number},
): Promise<{items: DeadLetterView[]; total: number; byReason: Record<string, number>}> {
  const items: DeadLetterView[] = []
  const counts = new Map<string, number>()
  let total = 0
  for await (const letter of readDeadLetters(redis, key)) {
    total++
    counts.set(letter.reason, (counts.get(letter.reason) ?? 0) + letter.records)
    const wanted = filter.reason === undefined || letter.reason === filter.reason
    if (wanted && items.length < filter.limit) items.push(letter)
  }
  return {items, total, byReason: Object.fromEntries([...counts].sort((a, b) => b[1] - a[1]))}
}

/** The dead letter with an id; undefined where there is none. */
export async function findDeadLetter(
  redis: Redis,
  key: string,
  id: string,
): Promise<DeadLetterView | undefined> {
  for await (const letter of readDeadLetters(redis, key)) if (letter.id === id) return letter
  return undefined
}

/** How many dead letters there are of each reason; counts records. */
export async function countReasons(redis: Redis, key: string): Promise<Record<string, number>> {
  return (await surveyDeadLetters(redis, key, {limit: 0})).byReason
}

/** Reads a member: qtool's own, an envelope of the service before it, or anything at all. */
export function viewDeadLetter(member: Buffer, score: number): DeadLetterView {
  const fields = parseObject(member)
  const text = (name: string) => (typeof fields[name] === 'string' ? fields[name] : null)
  const points = Array.isArray(fields.points) ? fields.points.length : 1
  const own = text('payload') ?? text('payload_base64')
  return {
    id: text('id') ?? createHash('sha256').update(member).digest('hex').slice(0, 16),
    failedAt:
      Number.isFinite(score) && Math.abs(score) < 8.64e15 ? new Date(failedMs(score)).toISOString() : null,
    reason: text('reason') ?? 'unknown',
    code: text('code'),
    message: text('message'),
    detail: text('detail'),
    column: text('column'),
    constraint: text('constraint'),
    attempts: typeof fields.attempts === 'number' ? fields.attempts : null,
    records: own === null ? points : 1,
    payload: own ?? member.toString(isUtf8(member) ? 'utf8' : 'base64'),
    payloadEncoding:
      own === null ? (isUtf8(member) ? 'utf8' : 'base64') : text('payload') === null ? 'base64' : 'utf8',
  }
}

/** Scores of the service before qtool are seconds. */
function failedMs(score: number): number {
  return score < 1e11 ? score * 1000 : score
}

function parseObject(member: Buffer): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(member.toString('utf8'))
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? {...value} : {}
  } catch {
    return {}
  }
}
