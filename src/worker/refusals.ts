import type {Lease} from '../queue/lease-book/lease.ts'
import type {DeadLetterEntry, Postponed} from '../queue/lease-book/settle-lease.ts'
import {deadLetterText, letterId, type PastFailure} from '../queue/letters/dead-letter.ts'
import {readHistory} from '../queue/letters/history.ts'
import type {DecodedLease} from '../sink/decode/decoded.ts'
import {askRedis} from './ask.ts'
import type {Drain} from './state.ts'

/** The worker was told to stop while Redis was unreachable: the lease expires, and the ledger has what was written. */
export class StoppedError extends Error {}

/** The dead letters and postponed records of a lease. */
export interface Refusals {
  deadLetters: DeadLetterEntry[]
  postponed: Postponed[]
  /** The reason of each dead letter. */
  reasons: string[]
}

export const NO_REFUSALS: Refusals = {deadLetters: [], postponed: [], reasons: []}

/** Makes dead letters of rejected records, or postpones those whose parent may still come. Items keep their scores. */
export async function refuse(drain: Drain, lease: Lease, decoded: DecodedLease): Promise<Refusals> {
  const {rejections} = decoded
  if (rejections.length === 0) return NO_REFUSALS
  const origins = await findOrigins(drain, lease, decoded)
  const tries = timesPostponed(lease.id)
  const refusals: Refusals = {deadLetters: [], postponed: [], reasons: []}
  const texts = new Set<string>()
  for (const {record, cause} of rejections) {
    const {score, past} = origins.get(decoded.itemOf[record]) as Origin
    if (cause.reason === 'foreign_key' && tries < drain.foreignKeys.retries) {
      refusals.postponed.push({score, text: distinct(decoded.text(record).toString('utf8'), texts)})
      continue
    }
    const head = {
      id: letterId(lease, placeOf(decoded, record)),
      queue: drain.queue,
      failedAt: lease.takenAt,
      attempts: lease.attempt + tries,
      score,
    }
    const text = deadLetterText(head, cause, decoded.text(record), past)
    refusals.deadLetters.push({failedAt: lease.takenAt, text})
    refusals.reasons.push(cause.reason)
  }
  return refusals
}

/** The position of a record in its lease: the item and, if that is an envelope, the record. */
function placeOf(decoded: DecodedLease, record: number): {item: number; record?: number} {
  const item = decoded.itemOf[record]
  const isWhole = decoded.text(record).length === decoded.items.item(item).length
  return isWhole ? {item} : {item, record}
}

/** What Redis knows about an item with a rejected record. */
interface Origin {
  score: number
  past: PastFailure[]
}

/** Items per call to Redis. */
const PER_CALL = 1000

/** Asks once per item, since an envelope may hold thousands of rejected records. */
async function findOrigins(drain: Drain, lease: Lease, decoded: DecodedLease): Promise<Map<number, Origin>> {
  const {redis, keys} = drain
  const indexes = [...new Set(decoded.rejections.map(({record}) => decoded.itemOf[record]))]
  const origins = new Map<number, Origin>()
  for (let from = 0; from < indexes.length; from += PER_CALL) {
    const part = indexes.slice(from, from + PER_CALL)
    const items = part.map((index) => decoded.items.item(index))
    const scores = await askRedis(drain, () => redis.zmscore(keys.lease(lease.id), ...items))
    const past = await askRedis(drain, () => readHistory(redis, keys.history, items))
    if (!scores || !past) throw new StoppedError()
    part.forEach((index, i) => {
      origins.set(index, {score: finite(scores[i]), past: past[i]})
    })
  }
  return origins
}

/** A score as a finite number: Redis allows `inf`, which JSON and Lua's JSON cannot represent. */
export function finite(score: string | null): number {
  const value = Number(score ?? 0)
  if (Number.isFinite(value)) return value
  return score?.startsWith('-') ? Number.MIN_SAFE_INTEGER : Number.MAX_SAFE_INTEGER
}

/** Makes a text unique by adding blanks, which mean nothing after an object: equal texts would be one item. */
function distinct(text: string, known: Set<string>): string {
  let own = text
  while (known.has(own)) own += ' '
  known.add(own)
  return own
}

const POSTPONED = /\.f(\d+)/g

/** How often the records of a lease have waited for their parents; the lease's id contains the number. */
export function timesPostponed(leaseId: string): number {
  return Number([...leaseId.matchAll(POSTPONED)].at(-1)?.[1] ?? 0)
}

/** Id of the lease in which postponed records of this one wait; the same after a redelivery. */
export function laterLeaseId(leaseId: string): string {
  return `${leaseId}.f${timesPostponed(leaseId) + 1}`
}
