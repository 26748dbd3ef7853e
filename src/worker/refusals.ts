import {deadLetterText} from '../queue/dead-letter.ts'
import {readHistory} from '../queue/history.ts'
import type {Lease} from '../queue/lease.ts'
import type {DeadLetterEntry, Postponed} from '../queue/settle-lease.ts'
import type {DecodedLease, Rejection} from '../sink/decoded.ts'
import {askRedis} from './ask.ts'
import type {Drain} from './state.ts'

/** The worker was told to stop while Redis was away: the lease runs out, and the ledger knows what was written. */
export class StoppedError extends Error {}

/** What becomes of the records of a lease that were not written. */
export interface Refusals {
  deadLetters: DeadLetterEntry[]
  postponed: Postponed[]
  /** Of each dead letter. */
  reasons: string[]
  /** Items that were replayed and have failed once more. */
  failedAgain: Buffer[]
}

export const NO_REFUSALS: Refusals = {deadLetters: [], postponed: [], reasons: [], failedAgain: []}

/** The dead letters of a lease, and the records whose parent may still come; each keeps the score its item had. */
export async function refuse(drain: Drain, lease: Lease, decoded: DecodedLease): Promise<Refusals> {
  const {rejections} = decoded
  if (rejections.length === 0) return NO_REFUSALS
  const {redis, keys} = drain
  const items = rejections.map((rejection) => decoded.items.item(decoded.itemOf[rejection.record]))
  const scores = await askRedis(drain, () => redis.zmscore(keys.lease(lease.id), ...items))
  const past = await askRedis(drain, () => readHistory(redis, keys.history, items))
  if (!scores || !past) throw new StoppedError()
  const tries = timesPostponed(lease.id)
  const refusals: Refusals = {deadLetters: [], postponed: [], reasons: [], failedAgain: []}
  const texts = new Set<string>()
  rejections.forEach(({record, cause}: Rejection, i) => {
    const score = finite(scores[i])
    if (cause.reason === 'foreign_key' && tries < drain.foreignKeys.retries) {
      refusals.postponed.push({score, text: distinct(decoded.text(record).toString('utf8'), texts)})
      return
    }
    const head = {
      id: `${lease.id}:${record}`,
      queue: drain.queue,
      failedAt: lease.takenAt,
      attempts: lease.attempt + tries,
      score,
    }
    const text = deadLetterText(head, cause, decoded.text(record), past[i])
    refusals.deadLetters.push({failedAt: lease.takenAt, text})
    refusals.reasons.push(cause.reason)
    if (past[i].length > 0) refusals.failedAgain.push(items[i])
  })
  return refusals
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
