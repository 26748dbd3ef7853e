import type {PoolClient} from 'pg'
import type {Lease, Places} from '../queue/lease.ts'
import {deadLetterText, letterId} from '../queue/letters/dead-letter.ts'
import {NOTHING_WRITTEN} from '../record/outcomes.ts'
import {alreadyApplied, LeaseSplitError} from '../sink/write/transaction.ts'
import type {HeldLease} from './held-lease.ts'
import type {WrittenLease} from './observer.ts'
import type {Target} from './target.ts'

/** How many holders of a lease may die before one of its items is taken to be the cause. */
export const MOST_DEATHS = 3

/** How many holders of a lease neither acknowledged it nor gave it back. */
export function deaths(lease: HeldLease): number {
  return lease.attempt - 1 - lease.retries
}

/**
 * Deals with a lease whose holders keep dying, or which is too large, without writing it: a single item becomes a dead
 * letter, and several are split. The ledger records that first, so that a holder that was only slow cannot commit any
 * more.
 * @throws LeaseSplitError if the lease is to be split
 */
export async function quarantine(
  client: PoolClient,
  {queue, sinks, ledger}: Target,
  lease: HeldLease,
  placesOf: (lease: Lease) => Promise<Places>,
): Promise<WrittenLease> {
  const id = {leaseId: lease.id, queue: queue.name}
  if (!('items' in lease) || lease.items.count > 1) {
    if (!ledger || (await ledger.recordSplit(client, id, sinks.names))) throw new LeaseSplitError()
  } else {
    const applied = poisonLetter(queue.name, lease, await placesOf(lease))
    const written = {
      records: 1,
      empty: 0,
      tables: [],
      wasApplied: false,
      refused: [{reason: 'poison'} as const],
    }
    if (!ledger || (await ledger.record(client, id, sinks.names, applied))) return {...applied, ...written}
  }
  const prior = await ledger.find(client, lease.id)
  if (!prior || prior.split) throw new LeaseSplitError()
  return {...alreadyApplied(prior, 0), refused: []}
}

function poisonLetter(queue: string, lease: Lease, places: Places) {
  const past = lease.pastFailures.get(0)
  const head = {
    id: letterId(lease, {item: 0}),
    queue,
    failedAt: lease.takenAt,
    attempts: lease.attempt,
    score: places.at(0),
  }
  const cause = {
    reason: 'poison',
    code: 'POISON',
    message: `${lease.attempt - 1} workers died while holding this item`,
  } as const
  const deadLetters = [
    {failedAt: lease.takenAt, text: deadLetterText(head, cause, lease.items.item(0), past)},
  ]
  return {...NOTHING_WRITTEN, deadLetters, postponed: []}
}
