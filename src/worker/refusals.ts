import type {DeadLetterEntry, Lease, Places, Postponed} from '../queue/lease.ts'
import {deadLetterText, letterId} from '../queue/letters/dead-letter.ts'
import type {DecodedLease, Rejection} from '../sink/decode/decoded.ts'
import type {LeaseParts} from '../sink/lease-parts.ts'
import type {Judgement} from './fuse.ts'

/** The dead letters and postponed records of a lease. */
export interface Refusals {
  deadLetters: DeadLetterEntry[]
  postponed: Postponed[]
  /** Why each dead letter is one. */
  causes: Refused[]
}

/** A rejection with the records that it is about. */
export interface Refused extends Rejection {
  decoded: DecodedLease
}

export const NO_REFUSALS: Refusals = {deadLetters: [], postponed: [], causes: []}

/**
 * Makes dead letters of rejected records, or postpones those whose parent may still come. Items keep their scores.
 * @param parentRetries how often a record waits for its parent @param places read before the transaction
 */
export function refuse(
  lease: Lease,
  parts: LeaseParts,
  {queue, parentRetries, places}: {queue: string; parentRetries: number; places: Places | undefined},
): Refusals {
  const rejected = parts.leases.flatMap((decoded) =>
    decoded.rejections.map((rejection) => ({...rejection, decoded})),
  )
  if (rejected.length === 0) return NO_REFUSALS
  if (!places) throw new Error('expected the places of the items before the first refusal')
  const tries = lease.postponements
  const refusals: Refusals = {deadLetters: [], postponed: [], causes: []}
  const texts = new Set<string>()
  for (const refused of rejected) {
    const {record, cause, decoded} = refused
    const item = decoded.itemOf[record]
    const score = places.at(item)
    if (tries < parentRetries && waits(refused)) {
      refusals.postponed.push({score, text: postponedText(decoded, record, texts)})
      continue
    }
    const head = {
      id: letterId(lease, placeOf(decoded, record)),
      queue,
      failedAt: lease.takenAt,
      attempts: lease.attempt + tries,
      score,
    }
    const text = deadLetterText(head, cause, decoded.kept(record), lease.pastFailures.get(item))
    refusals.deadLetters.push({failedAt: lease.takenAt, text})
    refusals.causes.push(refused)
  }
  return refusals
}

/** Whether a record, or the parent for which it was refused, waits for a parent that may still come. */
function waits({cause, parent}: Rejection): boolean {
  return parent ? waits(parent) : cause.reason === 'foreign_key'
}

/** What a fuse is told of a lease: all its records but those of items that failed before and were replayed. */
export function judgementOf({id, pastFailures}: Lease, parts: LeaseParts, {causes}: Refusals): Judgement {
  const isNew = (decoded: DecodedLease, record: number) => !pastFailures.has(decoded.itemOf[record])
  const newOnes = () =>
    parts.leases.reduce((sum, one) => sum + one.itemOf.filter((_, i) => isNew(one, i)).length, 0)
  const refused = causes
    .filter(({record, decoded}) => isNew(decoded, record))
    .map(({record, cause, decoded}) => ({cause, text: () => decoded.text(record).toString('utf8')}))
  return {leaseId: id, records: pastFailures.size === 0 ? parts.count : newOnes(), refused}
}

/** The position of a record in its lease: the item and, if that is an envelope, the record. */
function placeOf(decoded: DecodedLease, record: number): {item: number; record?: number} {
  const item = decoded.itemOf[record]
  const {areJobs} = decoded.read
  const isWhole = areJobs || decoded.text(record).length === decoded.items.item(item).length
  return isWhole ? {item} : {item, record: decoded.numberOf(record)}
}

/** A job stays as its library wrote it, so that an id is found again. */
function postponedText(decoded: DecodedLease, record: number, texts: Set<string>): string {
  const text = decoded.kept(record).toString('utf8')
  return decoded.read.areJobs ? text : distinct(text, texts)
}

/** Makes a text unique by adding blanks, which mean nothing after an object: equal texts would be one item. */
function distinct(text: string, known: Set<string>): string {
  let own = text
  while (known.has(own)) own += ' '
  known.add(own)
  return own
}
