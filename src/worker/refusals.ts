import type {Lease} from '../queue/lease-book/lease.ts'
import type {DeadLetterEntry, Postponed} from '../queue/lease-book/settle-lease.ts'
import {deadLetterText, letterId, type PastFailure} from '../queue/letters/dead-letter.ts'
import {readHistory} from '../queue/letters/history.ts'
import type {DecodedLease} from '../sink/decode/decoded.ts'
import {askRedis} from './ask.ts'
import type {Drain} from './state.ts'

/** The worker was told to stop while Redis was unreachable: the lease expires, and the ledger knows what was written. */
export class StoppedError extends Error {}

/** What becomes of the records of a lease that were not written. */
export interface Refusals {
  deadLetters: DeadLetterEntry[]
  postponed: Postponed[]
  /** The reason of each dead letter. */
  reasons: string[]
}

export const NO_REFUSALS: Refusals = {deadLetters: [], postponed: [], reasons: []}

/** The dead letters of a lease, and the records whose parent may still come; each keeps the score its item had. */
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

/** Where in its lease a record stands: the item, and the record where the item holds others beside it. */
function placeOf(decoded: DecodedLease, record: number): {item: number; record?: number} {
  const item = decoded.itemOf[record]
  const isWhole = decoded.text(record).length === decoded.items.item(item).length
  return isWhole ? {item} : {item, record}
}

/** What Redis knows of an item that holds a refused record. */
interface Origin {
  score: number
  past: PastFailure[]
}

/** Items asked about in one call. */
const PER_CALL = 1000

/** Asks once per item, since an envelope may hold thousands of refused records. */
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

/** Redis writes `inf` for what it takes as a score, and JSON and Lua can keep no such number. */
export function finite(score: string | null): number {
  const value = Number(score ?? 0)
  if (Number.isFinite(value)) return value
  return score?.startsWith('-') ? Number.MIN_SAFE_INTEGER : Number.MAX_SAFE_INTEGER
}

/** Equal texts would be one item; white space behind an object means nothing. */
function distinct(text: string, known: Set<string>): string {
  let own = text
  while (known.has(own)) own += ' '
  known.add(own)
  return own
}

const POSTPONED = /\.f(\d+)/g

/** How often the records of a lease have waited for their parents; its id tells. */
export function timesPostponed(leaseId: string): number {
  return Number([...leaseId.matchAll(POSTPONED)].at(-1)?.[1] ?? 0)
}

/** Id of the lease in which records of this one wait; the same after a redelivery. */
export function laterLeaseId(leaseId: string): string {
  return `${leaseId}.f${timesPostponed(leaseId) + 1}`
}
