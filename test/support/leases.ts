import {randomUUID} from 'node:crypto'
import {type Lease, type NoLease, type OversizedLease, takeLease} from '../../src/queue/lease-book/lease.ts'
import {push, type TestContext} from './context.ts'

/** A queue with these items, and a function that takes a lease from it. */
export async function queueOf(context: TestContext, ...items: string[]) {
  const at = context.newQueue()
  await push(context, at.keys, items)
  const take = (count: number, lengthMs = 60_000, taker: string = randomUUID(), turn = 1) =>
    takeLease(context.redis, at.keys, {taker, turn, count, lengthMs})
  return {...at, take}
}

export function held(lease: Lease | OversizedLease | NoLease): Lease {
  if (!('items' in lease)) throw new Error('expected a lease')
  return lease
}

/** The outcome of a lease without written or rejected records. */
export const nothing = {inserted: 0, alreadyThere: 0, suppressed: 0, deadLetters: [], postponed: []}
